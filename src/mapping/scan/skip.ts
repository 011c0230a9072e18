/** Passes over values of which nothing is asked. */
import {
  afterBlank,
  afterColon,
  byteAt,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  harmlessStringEnd,
  NOT_PLAIN,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  scalarEnd,
} from './json.ts'

/** Of the containers that are being skipped: whether each is an object. */
const opened: boolean[] = []
let depth = 0

/** The place after the value at `at`, whatever it is and however deep. */
export function valueEnd(at: number): number {
  if (byteAt(at) === QUOTE) return harmlessStringEnd(at)
  depth = 0
  for (let i = at; ; ) {
    const byte = byteAt(i)
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const isObject = byte === OPEN_OBJECT
      i = afterBlank(i + 1)
      if (byteAt(i) !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) {
        opened[depth++] = isObject
        if (isObject) i = memberValue(i)
        if (i < 0) return NOT_PLAIN
        continue
      }
      i++
    } else {
      i = byte === QUOTE ? harmlessStringEnd(i) : scalarEnd(i)
      if (i < 0) return NOT_PLAIN
    }
    i = nextValue(i)
    if (i < 0 || depth === 0) return i
  }
}

/** After a value inside of what is opened: where the next one begins; with nothing opened any more, where the whole ends. */
function nextValue(at: number): number {
  let i = at
  while (depth > 0) {
    const isObject = opened[depth - 1]!
    i = afterBlank(i)
    if (byteAt(i) === COMMA) {
      i = afterBlank(i + 1)
      return isObject ? memberValue(i) : i
    }
    if (byteAt(i) !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) return NOT_PLAIN
    depth--
    i++
  }
  return i
}

/** The place of the value of the member whose key is at `at`. */
function memberValue(at: number): number {
  const keyEnd = byteAt(at) === QUOTE ? harmlessStringEnd(at) : NOT_PLAIN
  return keyEnd < 0 ? NOT_PLAIN : afterColon(keyEnd)
}
