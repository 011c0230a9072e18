/** Errors on the way to Proofpoint. */
import { type ErrorEntry, retries, retriesSlowly } from './entry.ts'

const reachable =
  'Check that the network, its firewall and HTTPS_PROXY (HTTP_PROXY for http:// and ws://) let the worker reach the host.'
const checkProxy =
  'Check HTTPS_PROXY (HTTP_PROXY for http:// and ws://) with its user and password, and that the proxy allows CONNECT to the host; or add the host to NO_PROXY.'

export const networkErrors = {
  'dns-failure': {
    means: 'The host name could not be resolved.',
    waitingHelps: true,
    worker: retries,
    operator: 'Check the DNS of this machine or pod, and PROOFPOINT_POD_URL or PROOFPOINT_TAP_URL.',
  },
  'connect-failure': {
    means: 'No connection could be made, or it broke before an answer.',
    waitingHelps: true,
    worker: retries,
    operator: reachable,
  },
  'connect-timeout': {
    means: 'No answer came in time.',
    waitingHelps: true,
    worker: retries,
    operator: reachable,
  },
  'tls-failure': {
    means: 'The TLS handshake failed: the certificate is not trusted, does not fit the host, or has expired.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'If a proxy inspects TLS, or its own address begins with https://, give its CA in NODE_EXTRA_CA_CERTS; else check the clock, and PROOFPOINT_POD_URL or PROOFPOINT_TAP_URL.',
  },
  'proxy-refused': {
    means: 'The proxy refused the connection.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator: checkProxy,
  },
  'proxy-failure': {
    means: 'The proxy broke the connection or cannot reach the host.',
    waitingHelps: true,
    worker: retries,
    operator: checkProxy,
  },
} as const satisfies Record<string, ErrorEntry>
