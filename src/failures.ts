/** What the errors of Node, undici, ws and https-proxy-agent say, in few words. */

/** What they have in common, as far as they have it. */
export interface Failure {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly syscall?: unknown
}

const NAME_UNRESOLVED = /^(ENOTFOUND|ENODATA|EAI_[A-Z]+)$/
const LONGEST_MESSAGE = 200

/** The error, what it was caused by, and what it bundles; outermost first. */
export function* chain(error: unknown, depth = 0): Generator<Failure> {
  if (typeof error !== 'object' || error === null || depth > 5) return
  const failure: Failure = error
  yield failure
  yield* chain(failure.cause, depth + 1)
  if (Array.isArray(failure.errors)) for (const one of failure.errors) yield* chain(one, depth + 1)
}

export function described({ code, message, address, port }: Failure): string {
  if (typeof address === 'string') return `${text(code)} ${address}:${text(port)}`
  const words = text(message)
  return text(code) === '' || words.includes(text(code)) ? words : `${words} (${text(code)})`
}

/** The innermost words. */
export const reasonOf = (failures: readonly Failure[]): string =>
  failures.map(described).findLast(words => words !== '') ?? 'no reason was given'

export const unresolved = (failure: Failure): boolean => NAME_UNRESOLVED.test(text(failure.code))

export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : ''

/** A proxy's address may hold its password, and TLS errors run over several lines. */
export const oneLine = (message: string): string =>
  message
    .replaceAll(/\/\/[^/@\s]*@/g, '//')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_MESSAGE)
