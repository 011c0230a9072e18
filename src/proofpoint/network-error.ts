/** Gives a failure on the way to Proofpoint its name. */
import { type ErrorCode, KnownError } from '../errors.ts'
import { isTlsCode } from '../tls-code.ts'

/** What the errors of Node, undici, ws and https-proxy-agent have in common, as far as they have it. */
interface Failure {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly hostname?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly syscall?: unknown
}

const TIMED_OUT = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])
const NAME_UNRESOLVED = /^(ENOTFOUND|ENODATA|EAI_[A-Z]+)$/
const PROXY_CODE = /^UND_ERR_PRX_/
const LONGEST_MESSAGE = 200

/**
 * The named form of an error that a request or a WebSocket to `host` (name or address, with or without a port) ended with:
 * dns-failure, proxy-refused, proxy-failure, tls-failure, connect-timeout, else connect-failure. One line, without credentials.
 * `isProxied`: the connection was to be made by way of a proxy, so that what could not be connected to is the proxy.
 */
export function networkError(cause: unknown, host: string, isProxied = false): KnownError {
  if (cause instanceof KnownError) return cause
  const failures = [...chain(cause)]
  const unconnected = isProxied ? failures.find(({ syscall }) => syscall === 'connect') : undefined
  if (unconnected) {
    const detail = `${host}: the proxy cannot be reached (${described(unconnected)})`
    return new KnownError('proxy-failure', oneLine(detail), { cause })
  }
  for (const [code, says] of judges) {
    const found = failures.map(failure => says(failure, host)).find(text => text !== undefined)
    if (found !== undefined) return new KnownError(code, oneLine(found), { cause })
  }
  const reason = failures.map(described).findLast(text => text !== '') ?? 'no reason was given'
  return new KnownError('connect-failure', oneLine(`${host}: ${reason}`), { cause })
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
  // An unresolved name that is not the host's can only be the proxy's.
  if (
    unresolved(failure) &&
    failure.hostname !== undefined &&
    host.replace(/:\d+$/, '') !== failure.hostname
  ) {
    return `the proxy's name ${failure.hostname} cannot be resolved (${failure.code})`
  }
  const message = text(failure.message)
  const status = proxyStatus(message)
  if (status !== undefined) return `${host}: the proxy answered HTTP ${status}`
  if (PROXY_CODE.test(text(failure.code)) || /^Proxy connection/.test(message)) {
    return `${host}: the proxy broke the connection (${message})`
  }
  return undefined
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

const unresolved = (failure: Failure): boolean => NAME_UNRESOLVED.test(text(failure.code))

function described({ code, message, address, port }: Failure): string {
  if (typeof address === 'string') return `${text(code)} ${address}:${text(port)}`
  const words = text(message)
  return text(code) === '' || words.includes(text(code)) ? words : `${words} (${text(code)})`
}

/** The error, what it was caused by, and what it bundles; outermost first. */
function* chain(error: unknown, depth = 0): Generator<Failure> {
  if (typeof error !== 'object' || error === null || depth > 5) return
  const failure: Failure = error
  yield failure
  yield* chain(failure.cause, depth + 1)
  if (Array.isArray(failure.errors)) for (const one of failure.errors) yield* chain(one, depth + 1)
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : ''

/** A proxy's address may hold its password, and TLS errors run over several lines. */
const oneLine = (message: string): string =>
  message
    .replaceAll(/\/\/[^/@\s]*@/g, '//')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_MESSAGE)
