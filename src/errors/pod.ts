/** Errors of the PoD Log API. Handshake statuses: PoD Log API, Rev C, as relayed by its public clients. */
import { type ErrorEntry, readAgain, retries, retriesSlowly, seeReport } from './entry.ts'

const asksForSeat =
  'asks for the seat again after 5 s to 3 min, later each time; nobody else is thrown out, and it goes on by itself'

export const podErrors = {
  'pod-bad-request': {
    means:
      'The PoD Log API refused the request itself (HTTP 400): cluster id, type or times are missing or invalid.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check PROOFPOINT_POD_CLUSTER_ID; it stands at the upper right of the PoD admin page, like example_hosted. If the live stream of the type runs, the archive alone refuses it: nothing to do; after a day it is asked for no more, or the hour is lost (archive-unsupported, hour-lost).',
  },
  'pod-unauthorized': {
    means:
      'The PoD Log API refused the token (HTTP 401): wrong or expired token, wrong cluster id, or no Remote Syslog Forwarding licence.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check PROOFPOINT_POD_TOKEN (for the archive PROOFPOINT_POD_ARCHIVE_TOKEN, if that is set) and PROOFPOINT_POD_CLUSTER_ID, and whether the licence runs; make a new key under Settings > API Key Management > PoD Logging.',
  },
  'pod-forbidden': {
    means: 'Something answered HTTP 403 to the PoD handshake; the PoD Log API itself is not known to do so.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Look for a proxy or firewall between the worker and Proofpoint that refuses the connection.',
  },
  'pod-not-found': {
    means:
      'The address is not that of the PoD Log API (HTTP 404), or something between answers in its place with a page or a redirect.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check PROOFPOINT_POD_URL; the default is wss://logstream.proofpoint.com:443/v1/stream. If it is right, look for a proxy or portal that demands a log-in.',
  },
  'pod-bad-method': {
    means: 'The PoD Log API was not asked with GET (HTTP 405): something between rewrites the request.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Look for a proxy that changes WebSocket handshakes; check HTTPS_PROXY and NO_PROXY.',
  },
  'pod-session-zombie': {
    means:
      'The token is in use (HTTP 409) and a session of this worker ended moments ago: the server has not yet let go of it.',
    waitingHelps: true,
    worker: asksForSeat,
    operator: 'No action needed: it ends by itself within minutes.',
  },
  'pod-session-stranger': {
    means:
      'The token is in use (HTTP 409) and this worker held no session lately: another program reads with the same token.',
    waitingHelps: true,
    worker: asksForSeat,
    operator:
      'Stop the other program (a second worker, a SIEM connector, a test), or make a token of its own for this worker.',
  },
  'pod-unanswered': {
    means:
      'A session was asked for, and no answer of the server came back, or a gateway had none to pass on (HTTP 502, 504). The server may have opened it all the same, and sent frames into it that count as sent.',
    waitingHelps: true,
    worker: `${retries}; ${readAgain}`,
    operator: 'No action needed unless it lasts: then look for a firewall or proxy that drops connections.',
  },
  'pod-too-many-requests': {
    means: 'The PoD Log API asks to slow down (HTTP 429).',
    waitingHelps: true,
    worker: retries,
    operator: 'No action needed unless it lasts: then look for other programs that use the same account.',
  },
  'pod-unavailable': {
    means: 'The PoD Log API answered the handshake with a server error or an unknown status.',
    waitingHelps: true,
    worker: retries,
    operator: 'No action needed unless it lasts: then ask Proofpoint about the state of the service.',
  },
  'pod-dropped': {
    means:
      'The PoD connection ended without a close handshake: frames that were on their way then are missing, because the server counts them as sent.',
    waitingHelps: true,
    worker: `${retries}; within an hour the server goes on after what it had sent; ${readAgain}`,
    operator: `${seeReport} If it happens often, look at the network and its idle time-outs.`,
  },
  'pod-closed': {
    means: 'The PoD server closed the live connection.',
    waitingHelps: true,
    worker: `${retries}; within an hour the server goes on where the session ended`,
    operator: 'No action needed.',
  },
  'pod-broken-off': {
    means:
      'The PoD connection was closed with a code that says that something broke (1011 and others), at the server or at a proxy on the way, which may have dropped frames that count as sent.',
    waitingHelps: true,
    worker: `${retries}; within an hour the server goes on after what it had sent; ${readAgain}`,
    operator: `${seeReport} If it happens often, look for a proxy between the worker and Proofpoint.`,
  },
  'pod-silent': {
    means:
      'The PoD connection is half-open: no frame and no pong came for two minutes although pings were sent. Frames that were on their way are missing.',
    waitingHelps: true,
    worker: `${retries}; ${readAgain}`,
    operator: `${seeReport} If it happens often, look at the network and its idle time-outs.`,
  },
  'pod-quiet': {
    means:
      'The message stream is open and answers pings, but no event came for half an hour or longer. At night in a small company that is normal; else Proofpoint sends nothing.',
    waitingHelps: true,
    worker:
      'closes the connection cleanly, which loses nothing, and connects again; while it stays quiet, after 1, 2 and then each 4 hours',
    operator:
      'If mail flows: look in the PoD admin page whether the messages are logged, and whether the Remote Syslog Forwarding licence runs; then ask Proofpoint.',
  },
  'pod-frame-too-big': {
    means:
      'Proofpoint sent a frame over 64 MiB, or in over a million fragments, which the worker does not take.',
    waitingHelps: false,
    worker: `${retriesSlowly}; ${readAgain}`,
    operator:
      'Ask Proofpoint which event is so large: the line names the hour when the archive sent it; one that came live was created in the hour of the line or the one before. If the archive sends it no smaller for a day, its hour is lost (hour-lost); proofpoint-otel report shows it. If the line comes again and again for a live stream, the server sends the frame anew, and nothing behind it arrives: take the type out of PROOFPOINT_POD_STREAMS for two hours; the stream then begins behind it, and what lies between is read from the archive.',
  },
  'pod-borrow-withdrawn': {
    means:
      'Reading the archive with the live token loses live events: what was created meanwhile came from the archive only.',
    waitingHelps: false,
    worker:
      'reads the hours around each such reading again, so that they are complete, but always hours behind live delivery',
    operator: 'Make a second PoD token for this worker and set PROOFPOINT_POD_ARCHIVE_TOKEN to it.',
  },
  'hour-lost': {
    means:
      'The archive cannot give the hour: it is older than the archive keeps (PoD 30 days, TAP seven), or for a day the archive refused it, or sent a frame that is too large.',
    waitingHelps: false,
    worker: 'enters it as lost in the hour ledger, and reads on with the next',
    operator:
      'Note it: what live delivery brought of the hour is all there is. If it was refused, proofpoint-otel backfill asks for it once more, for as long as the archive keeps it.',
  },
  'start-too-early': {
    means: 'PROOFPOINT_START lies further back than the 30 days that Proofpoint keeps in its archive.',
    waitingHelps: false,
    worker: 'begins with the oldest hour that is kept',
    operator: 'Nothing can bring what is older; give a later PROOFPOINT_START with the next new state.',
  },
  'archive-unsupported': {
    means:
      'The archive refused this type for a day: it does not serve it, so that its suspect hours stay suspect.',
    waitingHelps: false,
    worker: 'asks no more for this type',
    operator:
      'No action needed: proofpoint-otel report names the hours, and proofpoint-otel backfill has the archive asked once more.',
  },
  'archive-silent': {
    means:
      'A session of the archive is open and answers pings, but for a quarter of an hour neither an event nor its end came.',
    waitingHelps: true,
    worker: 'closes it and goes on with the next hour; this one is read again, later each time',
    operator: 'No action needed unless it lasts: then ask Proofpoint about the state of the archive.',
  },
  'archive-endless': {
    means: 'A session of the archive for one hour went on for two hours, without its end.',
    waitingHelps: true,
    worker:
      'closes it, with what it brought delivered, and goes on with the next hour; this one is read again, later each time',
    operator:
      'If lines near this one tell of a slow collector, mend that. Else no action is needed unless it lasts: then ask Proofpoint about the state of the archive.',
  },
  'delivery-blocked': {
    means:
      'What was read waits for the collector, for the disk of the state, or for another frame over 4 MiB: one page for 30 s, or up to six that follow each other closely for 30 s together. So the PoD session is closed in order rather than left unread. When the server answers that, nothing is lost: what has arrived is kept and delivered, and from now on Proofpoint keeps the place of a live session for an hour.',
    waitingHelps: true,
    worker:
      'connects again when all that was read is delivered; if it happens again within a minute, later each time, at most a minute apart',
    operator:
      'If a line near this one tells what stops delivery, mend that. If none does and this comes again, the collector is too slow (answers of 5 s can be enough): give it more, or with several busy streams, or maillog, raise PROOFPOINT_MAX_IN_FLIGHT to 12 or 18. A larger PROOFPOINT_MAX_BUFFER_BYTES makes larger pages, which take longer.',
  },
  'pod-borrow-broken-off': {
    means:
      'The archive was read with the live token for 20 minutes, and the hour did not end: live delivery goes first.',
    waitingHelps: true,
    worker:
      'has delivered what came of it; the hour is read again, later each time, and skips what is delivered',
    operator:
      'No action needed if the next reads get through. If the same hour comes again and again, make a second PoD token and set PROOFPOINT_POD_ARCHIVE_TOKEN to it; without that the hour is lost when the archive keeps it no more.',
  },
  'pod-live-missed': {
    means:
      'The archive brought records of an hour that never came live, although the sessions were unbroken as far as they tell.',
    waitingHelps: true,
    worker: 'has delivered them, and verifies the hour by reads of the archive that agree',
    operator:
      'No action needed for this hour: proofpoint-otel report shows when it is verified. If it comes again, look for another program that reads with the same token for a time, ask Proofpoint, and set PROOFPOINT_POD_REPAIR to always, so that such hours are found.',
  },
  'pod-borrow-undelivered': {
    means:
      'What the archive gave while it was read with the live token could not be delivered in the 20 minutes that live delivery rests for it.',
    waitingHelps: true,
    worker: 'breaks the read off, so that live delivery goes on; the hour is read again, later each time',
    operator:
      'If lines before tell what stops delivery, mend that. If none does, the collector is too slow for the archive: give it more, raise PROOFPOINT_MAX_BUFFER_BYTES, or make a second PoD token and set PROOFPOINT_POD_ARCHIVE_TOKEN to it.',
  },
  'clean-close-failed': {
    means: 'The PoD connection could not be closed cleanly: frames that the server had sent may be missing.',
    waitingHelps: true,
    worker: `${retries}; ${readAgain}`,
    operator: seeReport,
  },
  'pod-gap': {
    means:
      'What was created in a span of time is not in the live stream: the stream was not held for over an hour, for which Proofpoint keeps its place.',
    waitingHelps: false,
    worker: `goes on with the last hour; ${readAgain}`,
    operator: seeReport,
  },
} as const satisfies Record<string, ErrorEntry>
