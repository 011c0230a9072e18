/** Gives a failure on the way to Proofpoint its name. */
import { type ErrorCode, KnownError } from '../errors.ts'
import { chain, described, type Failure, oneLine, reasonOf, text, unresolved } from '../failures.ts'
import { isTlsCode } from '../tls-code.ts'

const TIMED_OUT = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/**
 * The named form of an error that a request or a WebSocket to `host` (name or address, with or without a port) ended with:
 * dns-failure, proxy-refused, proxy-failure, tls-failure, connect-timeout, else connect-failure. One line, without credentials.
 * What is a `KnownError` already, as failures of a proxy are, is given back.
 */
export function networkError(cause: unknown, host: string): KnownError {
  if (cause instanceof KnownError) return cause
  const failures = [...chain(cause)]
  for (const [code, says] of judges) {
    const found = failures.map(failure => says(failure, host)).find(text => text !== undefined)
    if (found !== undefined) return new KnownError(code, oneLine(found), { cause })
  }
  return new KnownError('connect-failure', oneLine(`${host}: ${reasonOf(failures)}`), { cause })
}

type Judge = (failure: Failure, host: string) => string | undefined

/** The first that knows any error of the chain decides: a wrapped error says less than what it wraps. */
const judges: readonly (readonly [ErrorCode, Judge])[] = [
  ['proxy-refused', proxyRefusal],
  ['proxy-failure', proxySays],
  ['dns-failure', dnsSays],
  ['tls-failure', tlsSays],
  ['connect-timeout', timeoutSays],
]

/** A proxy's 4xx is about the request for a tunnel; its 5xx about the host behind it. */
function proxyRefusal(failure: Failure, host: string): string | undefined {
  const status = proxyStatus(text(failure.message))
  return status?.startsWith('4') ? `${host}: the proxy answered HTTP ${status}` : undefined
}

const proxyStatus = (message: string): string | undefined =>
  /^Proxy (?:response|authentication failed|Authentication Required)\D*(\d{3})\b/.exec(message)?.[1]

function proxySays(failure: Failure, host: string): string | undefined {
  const status = proxyStatus(text(failure.message))
  return status === undefined ? undefined : `${host}: the proxy answered HTTP ${status}`
}

function dnsSays(failure: Failure, host: string): string | undefined {
  return unresolved(failure) ? `${host} cannot be resolved (${failure.code})` : undefined
}

function tlsSays(failure: Failure, host: string): string | undefined {
  return isTlsCode(text(failure.code)) ? `${host}: ${described(failure)}` : undefined
}

function timeoutSays(failure: Failure, host: string): string | undefined {
  // ws gives its handshake time-out no code, AbortSignal.timeout a number.
  const timedOut =
    TIMED_OUT.has(text(failure.code)) ||
    failure.name === 'TimeoutError' ||
    /handshake has timed out/.test(text(failure.message))
  return timedOut ? `${host} did not answer in time (${text(failure.message)})` : undefined
}
