/** Every error the worker knows by name, once: what it means, what the worker does by itself, what the operator does. */

interface ErrorEntry {
  readonly means: string
  /** Whether the same attempt can succeed later without anybody's doing. */
  readonly waitingHelps: boolean
  readonly worker: string
  readonly operator: string
}

const retries = 'tries again, at most a minute apart'
const retriesSlowly = 'tries again, at most five minutes apart; the other streams go on'

export const errorTable = {
  // PoD handshake: proofpoint-on-demand log API, Rev C, as relayed by its public clients
  'pod-bad-request': {
    means:
      'The PoD Log API refused the request itself (HTTP 400): cluster id, type or times are missing or invalid.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check PROOFPOINT_POD_CLUSTER_ID; it stands at the upper right of the PoD admin page, like example_hosted.',
  },
  'pod-unauthorized': {
    means:
      'The PoD Log API refused the token (HTTP 401): wrong or expired token, wrong cluster id, or no Remote Syslog Forwarding licence.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check PROOFPOINT_POD_TOKEN and PROOFPOINT_POD_CLUSTER_ID, and whether the licence runs; make a new key under Settings > API Key Management > PoD Logging.',
  },
  'pod-forbidden': {
    means: 'Something answered HTTP 403 to the PoD handshake; the PoD Log API itself is not known to do so.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Look for a proxy or firewall between the worker and Proofpoint that refuses the connection.',
  },
  'pod-not-found': {
    means: 'The address is not that of the PoD Log API (HTTP 404).',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Check PROOFPOINT_POD_URL; the default is wss://logstream.proofpoint.com:443/v1/stream.',
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
    worker: retries,
    operator: 'Nothing; it ends by itself within minutes.',
  },
  'pod-session-stranger': {
    means:
      'The token is in use (HTTP 409) and this worker held no session lately: another program reads with the same token.',
    waitingHelps: true,
    worker: retries,
    operator:
      'Stop the other program (a second worker, a SIEM connector, a test), or make a token of its own for this worker.',
  },
  'pod-too-many-requests': {
    means: 'The PoD Log API asks to slow down (HTTP 429).',
    waitingHelps: true,
    worker: retries,
    operator: 'Nothing, unless it lasts: then look for other programs that use the same account.',
  },
  'pod-unavailable': {
    means: 'The PoD Log API answered the handshake with a server error or an unknown status.',
    waitingHelps: true,
    worker: retries,
    operator: 'Nothing, unless it lasts: then ask Proofpoint about the state of the service.',
  },
  'pod-dropped': {
    means: 'The PoD connection ended without a close handshake.',
    waitingHelps: true,
    worker: `${retries}; within an hour the server goes on where the session dropped`,
    operator: 'Nothing, unless it happens often: then look at the network and its idle time-outs.',
  },
  'pod-closed': {
    means: 'The PoD server closed the live connection.',
    waitingHelps: true,
    worker: `${retries}; within an hour the server goes on where the session ended`,
    operator: 'Nothing.',
  },
  'pod-silent': {
    means:
      'The PoD connection is half-open: no frame and no pong came for two minutes although pings were sent.',
    waitingHelps: true,
    worker: retries,
    operator: 'Nothing, unless it happens often: then look at the network and its idle time-outs.',
  },
  'pod-frame-too-big': {
    means: 'Proofpoint sent a frame over 64 MiB, which the worker does not take.',
    waitingHelps: false,
    worker: retries,
    operator: 'Report it: the frame is missing, and the hour it belongs to needs the archive.',
  },
  'delivery-blocked': {
    means:
      'Delivery stood still for 30 s, so the PoD connection was closed cleanly rather than left unread; what had arrived was delivered first.',
    waitingHelps: true,
    worker: 'connects again at once, now that delivery goes on',
    operator: 'Mend the collector; Proofpoint keeps the live position for one hour.',
  },
  'clean-close-failed': {
    means: 'The PoD connection could not be closed cleanly: frames that the server had sent may be missing.',
    waitingHelps: true,
    worker: retries,
    operator: 'Nothing for the connection; the hours around it need the archive.',
  },
  // TAP
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
    means: 'The address is not that of the TAP SIEM API (HTTP 404).',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Check PROOFPOINT_TAP_URL; the default is https://tap-api-v2.proofpoint.com.',
  },
  'tap-bad-request': {
    means: 'TAP refused the time window (HTTP 400) in words the worker cannot repair.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Check the clock of this machine; if it is right, report the text.',
  },
  'tap-quota': {
    means: 'The TAP request quota of the last 24 hours is used up (HTTP 429).',
    waitingHelps: true,
    worker: 'waits and polls more slowly until requests of the last 24 hours age out',
    operator:
      'Look for other programs that use the same service principal, or lower PROOFPOINT_TAP_DAILY_REQUESTS.',
  },
  'tap-unavailable': {
    means: 'TAP answered with a server error or an unknown status.',
    waitingHelps: true,
    worker: `${retries}, with a smaller window`,
    operator: 'Nothing, unless it lasts: then ask Proofpoint about the state of the service.',
  },
  'tap-broken-answer': {
    means: 'TAP answered with something that is not the documented JSON, or that broke off.',
    waitingHelps: true,
    worker: 'reads the window again',
    operator: 'Nothing, unless it lasts: then look for a proxy that answers in its place.',
  },
  // the way to Proofpoint
  'dns-failure': {
    means: 'The host name could not be resolved.',
    waitingHelps: true,
    worker: retries,
    operator: 'Check the DNS of this machine or pod, and the URL setting.',
  },
  'connect-failure': {
    means: 'No connection could be made, or it broke before an answer.',
    waitingHelps: true,
    worker: retries,
    operator: 'Check that the network, its firewall and HTTPS_PROXY let the worker reach the host.',
  },
  'connect-timeout': {
    means: 'No answer came in time.',
    waitingHelps: true,
    worker: retries,
    operator: 'Check that the network, its firewall and HTTPS_PROXY let the worker reach the host.',
  },
  'tls-failure': {
    means: 'The TLS handshake failed: the certificate is not trusted, does not fit the host, or has expired.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'If a proxy inspects TLS, give its CA in NODE_EXTRA_CA_CERTS; else check the clock and the URL.',
  },
  'proxy-failure': {
    means: 'The proxy refused or broke the connection.',
    waitingHelps: true,
    worker: retries,
    operator:
      'Check HTTPS_PROXY with its user and password, and that the proxy allows CONNECT to the host; or add the host to NO_PROXY.',
  },
  'secret-unreadable': {
    means: 'A secret file could not be read or is empty.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: 'Check the path and mode of the file that the setting names.',
  },
  // state
  'state-locked': {
    means: 'Another process uses the same state directory.',
    waitingHelps: false,
    worker: 'exits with code 3',
    operator: 'Stop the other worker, or give this one its own PROOFPOINT_STATE_DIR.',
  },
  'state-unwritable': {
    means: 'The state directory cannot be written.',
    waitingHelps: false,
    worker: 'exits with code 3',
    operator: 'Make PROOFPOINT_STATE_DIR a directory that the worker owns, with free space.',
  },
  'state-newer': {
    means: 'The state file was written by a newer version.',
    waitingHelps: false,
    worker: 'exits with code 3 and changes nothing',
    operator: 'Run the newer version, or give this one another PROOFPOINT_STATE_DIR.',
  },
  'state-missing': {
    means: 'There is no state in the directory.',
    waitingHelps: false,
    worker: 'exits with code 3',
    operator: 'Check PROOFPOINT_STATE_DIR; a worker makes the state at its first start.',
  },
  'state-unreadable': {
    means: 'The state file is damaged.',
    waitingHelps: false,
    worker: 'sets the file aside under a new name and begins a new one',
    operator: 'Keep the file that was set aside; the hours before need the archive.',
  },
  'state-disk-failure': {
    means: 'The disk refuses the state file: it is full, read-only or failing.',
    waitingHelps: true,
    worker: 'holds what it has delivered and tries again, at most 30 s apart; reads nothing more meanwhile',
    operator: 'Free space on the disk of PROOFPOINT_STATE_DIR, or make it writable again.',
  },
  // the surroundings
  'port-busy': {
    means: 'The port is in use.',
    waitingHelps: false,
    worker: 'exits with code 2',
    operator: 'Choose another port with --port.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorTable

/** An error with a name: its message says what happened just now, its table entry what that means and what to do. */
export class KnownError extends Error {
  override readonly name = 'KnownError'
  readonly code: ErrorCode
  /** When the other side said how long to wait, ms. */
  readonly afterMs: number | undefined

  constructor(code: ErrorCode, detail: string, options: { cause?: unknown; afterMs?: number } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.afterMs = options.afterMs
  }

  get entry(): ErrorEntry {
    return errorTable[this.code]
  }
}
