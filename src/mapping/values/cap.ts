/** Keeps a body under a size limit, as JSON where it was JSON. */
import {
  type Child,
  cuts,
  eachChild,
  isContainer,
  keyAt,
  type Span,
  skipBlank,
  valueEnd,
  without,
} from './json-text.ts'
import { parse } from './text.ts'

/** A list or object that would have to give more of its values than this is taken out whole. */
const MAX_PIECES = 8

/** Deeper values are taken out whole. */
const MAX_DEPTH = 32

/**
 * Undefined when the text has at most `maxBytes` bytes of UTF-8. Else whole values are taken out, largest first and as
 * few as will do, so that JSON stays JSON. `removed`: their paths in the original text, such as `msgParts[3].urls`.
 * What cannot be made small enough in this way, or is no object or list, is cut at a character, with `removed` as it is.
 */
export function cap(
  text: string,
  maxBytes: number,
): { text: string; removed: string[]; originalSize: number } | undefined {
  // A UTF-16 code unit takes at most three bytes.
  if (text.length * 3 <= maxBytes) return undefined
  const originalSize = Buffer.byteLength(text)
  if (originalSize <= maxBytes) return undefined

  const root = skipBlank(text, 0)
  if (!isContainer(text, root) || !parse(text))
    return { text: cut(text, maxBytes), removed: [], originalSize }
  const { spans, removed } = takeOut(text, root, originalSize - maxBytes)
  return { text: cut(without(text, spans), maxBytes), removed, originalSize }
}

interface Sized extends Child {
  readonly end: number
  readonly bytes: number
  readonly path: string
}

interface Removal {
  readonly spans: Span[]
  readonly removed: string[]
}

/** Takes at least `excess` bytes out of the object or list that begins at `root`, or all it has. */
function takeOut(text: string, root: number, excess: number): Removal {
  const removed: string[] = []

  const from = (children: readonly Sized[], bytes: number, depth: number): Span[] => {
    const whole = new Set<Sized>()
    let inner: Span[] = []
    let left = bytes
    for (const child of largestFirst(children)) {
      if (left <= 0) break
      const pieces = child.bytes > left && depth < MAX_DEPTH ? childrenOf(text, child) : []
      if (isWorthOpening(pieces, left)) inner = from(pieces, left, depth + 1)
      else {
        whole.add(child)
        removed.push(child.path)
      }
      left -= child.bytes
    }
    return [...cuts(text, children, child => whole.has(child)), ...inner]
  }

  const spans = from(childrenOf(text, { value: root, path: '' }), excess, 0)
  return { spans: spans.sort(([a], [b]) => a - b), removed }
}

/** Whether a few of these values hold the bytes to be taken out. */
function isWorthOpening(pieces: readonly Sized[], bytes: number): boolean {
  const few = largestFirst(pieces).slice(0, MAX_PIECES)
  return few.reduce((sum, piece) => sum + piece.bytes, 0) >= bytes
}

function largestFirst(children: readonly Sized[]): Sized[] {
  return children.toSorted((a, b) => b.bytes - a.bytes)
}

function childrenOf(text: string, { value, path }: { value: number; path: string }): Sized[] {
  const children: Sized[] = []
  if (!isContainer(text, value)) return children
  const isList = text[value] === '['
  eachChild(text, value, child => {
    const end = valueEnd(text, child.value)
    const step = isList ? `[${children.length}]` : `${path && '.'}${keyAt(text, child.start) ?? ''}`
    children.push({
      ...child,
      end,
      bytes: Buffer.byteLength(text.slice(child.start, end)),
      path: path + step,
    })
    return end
  })
  return children
}

/** The longest beginning of the text that has at most `maxBytes` bytes of UTF-8. */
function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  const bytes = Buffer.from(text)
  let end = Math.max(0, maxBytes)
  while (end > 0 && isContinuation(bytes[end] ?? 0)) end--
  return bytes.toString('utf8', 0, end)
}

/** Whether a byte stands inside a character, not at its begin. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
