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

/** So much of a list or object must be in a few of its values for the rest of it to be worth keeping. */
const MOST = 0.9

/** Lists and objects with less than this part of what is to go are not looked into, unless they hold all that is left. */
const SMALL = 1 / 16

/** Lists and objects with more children are taken out whole, or cut at a character: each child costs memory. */
const MOST_CHILDREN = 100_000

/** Deeper values are taken out whole. */
const MAX_DEPTH = 32

/**
 * Undefined when the text has at most `maxBytes` bytes of UTF-8. Else whole values are taken out, largest first and as
 * little as will do, so that JSON stays JSON. `removed`: their paths in the original text, such as `msgParts[3].urls`.
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
  readonly depth: number
}

interface Removal {
  readonly spans: Span[]
  readonly removed: string[]
}

/**
 * Takes at least `excess` bytes out of the object or list that begins at `root`, or all it has: always the largest value,
 * or, where a few values inside it are most of it, these.
 */
function takeOut(text: string, root: number, excess: number): Removal {
  const all = childrenOf(text, { value: root, path: '', depth: 0 })
  const opened = [all]
  const gone = new Set<Sized>()
  let candidates = smallestFirst(all)
  let left = excess
  for (let largest = candidates.pop(); largest && left > 0; largest = candidates.pop()) {
    const isEnough = largest.bytes > left
    const pieces = isEnough || largest.bytes >= excess * SMALL ? childrenOf(text, largest) : []
    if (isWorthOpening(pieces, isEnough ? left : largest.bytes * MOST)) {
      opened.push(pieces)
      // What is enough alone is the place to go on.
      candidates = isEnough
        ? candidates.concat(smallestFirst(pieces))
        : smallestFirst(candidates.concat(pieces))
    } else {
      gone.add(largest)
      left -= largest.bytes
    }
  }
  return left > 0 ? removal(text, [all], new Set(all)) : removal(text, opened, gone)
}

function removal(text: string, opened: readonly Sized[][], gone: ReadonlySet<Sized>): Removal {
  const spans = opened.flatMap(children => cuts(text, children, child => gone.has(child)))
  return { spans: spans.sort(([a], [b]) => a - b), removed: [...gone].map(({ path }) => path) }
}

/** Whether a few of these values hold the bytes. */
function isWorthOpening(pieces: readonly Sized[], bytes: number): boolean {
  const few = smallestFirst(pieces).slice(-MAX_PIECES)
  return few.reduce((sum, piece) => sum + piece.bytes, 0) >= bytes
}

function smallestFirst(children: readonly Sized[]): Sized[] {
  return children.toSorted((a, b) => a.bytes - b.bytes)
}

/** None when it is no list or object, or one so deep that it is not looked into. */
function childrenOf(text: string, { value, path, depth }: Pick<Sized, 'value' | 'path' | 'depth'>): Sized[] {
  const children: Sized[] = []
  if (!isContainer(text, value) || depth > MAX_DEPTH) return children
  const isList = text[value] === '['
  const end = eachChild(text, value, child => {
    if (children.length === MOST_CHILDREN) return -1
    const childEnd = valueEnd(text, child.value)
    const step = isList ? `[${children.length}]` : `${depth > 0 ? '.' : ''}${keyAt(text, child.start) ?? ''}`
    children.push({
      ...child,
      end: childEnd,
      bytes: Buffer.byteLength(text.slice(child.start, childEnd)),
      path: path + step,
      depth: depth + 1,
    })
    return childEnd
  })
  return end < 0 ? [] : children
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
