/** The canonical form of an event: what makes two readings of one event equal. */
import { randomUUID } from 'node:crypto'
import { isContent, isPartsKey } from './content.ts'
import { parse, type RewriteNumber } from './text.ts'

/** Deeper events have no canonical form: the stack of a caller must not decide about a uid. */
const MAX_DEPTH = 500

/** Only such a text can hold an integer beyond 2^53 - 1, which has 16 digits; to keep digits costs much. */
const LONG_INTEGER = /(?:^|[[,:])\s*-?\d{16}/
const INTEGER = /^-?\d+$/

type Write = (value: unknown, depth: number) => string

/**
 * The event in the JSON canonicalization scheme (RFC 8785), with integers beyond ±(2^53 - 1) by their digits.
 * `pod`: without `metadata`, and without the message content of `msgParts`. `tap`: each list sorted by its elements'
 * canonical texts in UTF-16 code units, since TAP's lists are sets in random order.
 * Undefined when the text is not JSON, is nested over 500 levels, or holds a number too large for a double.
 */
export function canonical(text: string, { kind }: { kind: 'pod' | 'tap' }): string | undefined {
  const parsed = LONG_INTEGER.test(text) ? parse(text, keepDigits) : parse(text)
  if (!parsed) return undefined
  try {
    return kind === 'pod' ? podEvent(parsed.value) : sortedLists(parsed.value, 0)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Begins a string that stands for the digits behind it; no event can know it. */
const DIGITS = randomUUID()

const keepDigits: RewriteNumber = source =>
  INTEGER.test(source) && !Number.isSafeInteger(Number(source)) ? `"${DIGITS}${source}"` : source

function podEvent(event: unknown): string {
  if (!isObject(event)) return plain(event, 0)
  const kept = Object.keys(event).filter(key => key !== 'metadata')
  return object(
    event,
    kept,
    (value, depth, key) => (isPartsKey(key) ? podParts(value, depth) : plain(value, depth)),
    0,
  )
}

function podParts(parts: unknown, depth: number): string {
  if (Array.isArray(parts)) return list(parts, podPart, depth)
  return podPart(parts, depth)
}

function podPart(part: unknown, depth: number): string {
  if (!isObject(part)) return plain(part, depth)
  return object(
    part,
    Object.keys(part).filter(key => !isContent(key)),
    plain,
    depth,
  )
}

const plain: Write = (value, depth) => {
  if (Array.isArray(value)) return list(value, plain, depth)
  return isObject(value) ? object(value, Object.keys(value), plain, depth) : scalar(value)
}

const sortedLists: Write = (value, depth) => {
  if (Array.isArray(value)) return `[${items(value, sortedLists, depth).sort().join(',')}]`
  return isObject(value) ? object(value, Object.keys(value), sortedLists, depth) : scalar(value)
}

function list(values: readonly unknown[], write: Write, depth: number): string {
  return `[${items(values, write, depth).join(',')}]`
}

function items(values: readonly unknown[], write: Write, depth: number): string[] {
  const inside = deeper(depth)
  return values.map(value => write(value, inside))
}

function object(
  values: Readonly<Record<string, unknown>>,
  keys: string[],
  write: (value: unknown, depth: number, key: string) => string,
  depth: number,
): string {
  const inside = deeper(depth)
  const members = keys.sort().map(key => `${JSON.stringify(key)}:${write(values[key], inside, key)}`)
  return `{${members.join(',')}}`
}

function scalar(value: unknown): string {
  if (typeof value === 'string' && value.startsWith(DIGITS)) return value.slice(DIGITS.length)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('no JSON number')
  return JSON.stringify(value)
}

function deeper(depth: number): number {
  if (depth >= MAX_DEPTH) throw new RangeError('nested too deeply')
  return depth + 1
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
