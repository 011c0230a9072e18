/** Errors of the TAP SIEM API. */
import { type ErrorEntry, retries, retriesSlowly } from './entry.ts'

export const tapErrors = {
  'tap-unauthorized': {
    means: 'TAP refused the credentials (HTTP 401).',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check PROOFPOINT_TAP_PRINCIPAL and PROOFPOINT_TAP_SECRET; make new ones in the TAP dashboard under Settings > Connected Applications.',
  },
  'tap-forbidden': {
    means: 'TAP refused access (HTTP 403).',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check that the service principal may use the SIEM API, and that no proxy refuses the connection.',
  },
  'tap-not-found': {
    means:
      'The address is not that of the TAP SIEM API (HTTP 404), or something between answers in its place with a redirect.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check PROOFPOINT_TAP_URL; the default is https://tap-api-v2.proofpoint.com. If it is right, look for a proxy or portal that demands a log-in.',
  },
  'tap-bad-request': {
    means: 'TAP refused the time window (HTTP 400) in words the worker cannot repair.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Check the clock of this machine; if it is right, report the text.',
  },
  'tap-quota': {
    means: "The TAP request quota of the last 24 hours is used up, by TAP's count (HTTP 429) or by ours.",
    waitingHelps: true,
    worker: 'waits and polls more slowly until requests of the last 24 hours age out',
    operator:
      'After HTTP 429: look for other programs that use the same service principal, and lower PROOFPOINT_TAP_DAILY_REQUESTS to what they leave. By our count: give a longer PROOFPOINT_TAP_INTERVAL, or raise PROOFPOINT_TAP_DAILY_REQUESTS to what TAP allows.',
  },
  'tap-unavailable': {
    means: 'TAP answered with a server error or an unknown status.',
    waitingHelps: true,
    worker: `${retries}, with a smaller window`,
    operator: 'No action needed unless it lasts: then ask Proofpoint about the state of the service.',
  },
  'tap-broken-answer': {
    means: 'TAP answered with something that is not the documented JSON, or that broke off.',
    waitingHelps: true,
    worker: 'reads the window again',
    operator: 'No action needed unless it lasts: then look for a proxy that answers in its place.',
  },
  'clock-skew': {
    means: "The clock of this machine and TAP's differ by over five minutes.",
    waitingHelps: false,
    worker:
      'believes the earlier clock, so that nothing is missed; reading takes more requests while ours is behind',
    operator:
      'Set the clock of this machine by NTP; if it is right, look for a proxy that answers in place of TAP.',
  },
  'tap-late': {
    means:
      'TAP gave events of an hour only when that was read once more: they appeared later than the look-back.',
    waitingHelps: false,
    worker: 'has delivered them, and counts them as brought by repair',
    operator:
      'No action needed if it is rare. If they come too late for you, raise PROOFPOINT_TAP_LOOK_BACK, up to 58m with polls of 60s.',
  },
  'tap-unsteady': {
    means:
      'TAP gives the same event again and again with other contents: each time it becomes a record with a uid of its own.',
    waitingHelps: false,
    worker: 'delivers them all, counts them, and says so once and whenever their number has grown tenfold',
    operator:
      'Compare some records of that proofpoint.tap.event.id, report the field that changes, and drop the repetitions by that id.',
  },
  'tap-gap': {
    means:
      'What was created in a span of time is lost: TAP keeps seven days, and the worker was away for longer, or PROOFPOINT_START lies further back.',
    waitingHelps: false,
    worker: 'goes on with what TAP still has',
    operator: 'Note the span; export it from the TAP dashboard if you need it.',
  },
} as const satisfies Record<string, ErrorEntry>
