/** Errors of delivery. */
import { type ErrorEntry, readAgain, retries, seeReport, sourcesWait } from './entry.ts'

export const deliveryErrors = {
  'collector-unavailable': {
    means: 'The collector does not take records now: it is busy, cannot be reached, or gives no answer.',
    waitingHelps: true,
    worker:
      'gives nothing up: the sources wait, and the same records are sent again, at most a minute apart, or as its Retry-After says, 15 min at most',
    operator: `Check that the collector runs, and that OTEL_EXPORTER_OTLP_ENDPOINT and the network lead to it. ${sourcesWait} After 30 s the PoD sessions are closed in order; the hour counts from then. After HTTP 429 or 503 its queue is full or its memory short: look at its back end, queue and memory limit. If it runs and only answers too late, raise OTEL_EXPORTER_OTLP_TIMEOUT (10000, in ms): what it has stored by then is sent again.`,
  },
  'collector-slow': {
    means:
      'The collector takes records, but slowly: for a minute each answer to a stream has taken 2 s or more, with the wait for one of the PROOFPOINT_MAX_IN_FLIGHT places, and the stream had to wait for answers nearly all the time.',
    waitingHelps: true,
    worker:
      'gives nothing up: the source waits; if more comes than gets through, records are delivered ever later',
    operator:
      "Look at the collector's load, at the disk of its queue and at its back end; proofpoint-otel report shows how late the stream is. If those are well, raise PROOFPOINT_MAX_IN_FLIGHT (to 12 or 18) for several streams or for maillog, PROOFPOINT_MAX_BUFFER_BYTES (and the memory limit by twice as much) for a lone message stream, an archive or TAP.",
  },
  'collector-misconfigured': {
    means: 'The collector refuses in a way that says nothing of the records: the set-up is wrong.',
    waitingHelps: false,
    worker: 'gives nothing up: the sources wait, and the same records are sent again, at most a minute apart',
    operator: `Check OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS, and the credentials of the collector for its own back end. If the reason is HTTP 413 or a body too large, raise the request limit of its receiver (max_request_body_size) or of the ingress before it. ${sourcesWait}`,
  },
  'collector-tls-failure': {
    means:
      'The TLS handshake with the collector failed: a certificate is not trusted, does not fit the host, or has expired.',
    waitingHelps: false,
    worker: 'gives nothing up: the sources wait, and the same records are sent again, at most a minute apart',
    operator: `Give the CA of the collector's certificate in OTEL_EXPORTER_OTLP_CERTIFICATE, and _CLIENT_CERTIFICATE and _CLIENT_KEY if it demands one of us; check the host in OTEL_EXPORTER_OTLP_ENDPOINT. The files are read at the start: restart the worker when they were changed. ${sourcesWait}`,
  },
  'collector-proxy-failure': {
    means: 'A proxy refuses the way to the collector.',
    waitingHelps: false,
    worker: 'gives nothing up: the sources wait, and the same records are sent again, at most a minute apart',
    operator: `Add the collector to NO_PROXY if it needs no proxy; else check HTTP_PROXY and HTTPS_PROXY with user and password; the CA of one with https:// goes into NODE_EXTRA_CA_CERTS. ${sourcesWait}`,
  },
  'dead-letter': {
    means:
      'The collector refused records for good, or perhaps did, or took one with a cut body only (oversize); the events are kept, and the rest goes on.',
    waitingHelps: false,
    worker: 'keeps them in the state with the reason',
    operator:
      'See proofpoint-otel dead-letters list and show; mend the collector or its back end (for oversize ones raise PROOFPOINT_MAX_RECORD_BYTES or, where the reason says that the collector takes no more, the size limit of its receiver), then replay or drop them.',
  },
  'dead-letters-full': {
    means: 'There is no room for a record that the collector refused: dead letters fill all of it.',
    waitingHelps: false,
    worker:
      'holds the stream with what it has delivered, and tries again, at most 30 s apart; the other streams go on',
    operator: `Make room with proofpoint-otel dead-letters replay or drop, or restart with a larger PROOFPOINT_DEAD_LETTER_BYTES. ${sourcesWait}`,
  },
  'dead-letters-evicted': {
    means:
      'Dead letters had to make room for newer ones: their text is gone. They are counted, and the hours of those that may be undelivered are not complete any more.',
    waitingHelps: false,
    worker:
      'evicts what was perhaps delivered and oversize originals first, and refused ones only by the policy oldest-out',
    operator:
      'Export or replay dead letters in time; PROOFPOINT_DEAD_LETTER_BYTES and _POLICY say how many are kept.',
  },
  undelivered: {
    means: 'The worker was stopped while something that it had read was not delivered.',
    waitingHelps: false,
    worker:
      'exits with code 5; its next start acts as after a kill: it repeats what may be undelivered, and the last hours are suspect',
    operator:
      'See that the collector runs and takes records before the worker is stopped, and give it 30 s to end (terminationGracePeriodSeconds in Kubernetes; the worker takes 25 at most, so that more is of no use); then start it again.',
  },
  'unclean-end': {
    means:
      'The last run was killed, or stopped with something undelivered: PoD frames that were on their way then may be missing.',
    waitingHelps: false,
    worker: `goes on from what was committed, which may repeat some records; ${readAgain}`,
    operator: `${seeReport} End the worker by SIGTERM, and give it 30 s. If nobody stopped it, look whether it ran out of memory (OOMKilled): docs/memory.md names limits.`,
  },
  internal: {
    means: 'The worker met a case that it does not know: a fault of the program.',
    waitingHelps: true,
    worker: `${retries}; the run will not count as ended cleanly`,
    operator: 'Report it with the line of the log.',
  },
} as const satisfies Record<string, ErrorEntry>
