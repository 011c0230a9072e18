/** Passes over values of which nothing is asked. */
import { CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from '../../../ascii.ts'
import { NOT_PLAIN, OPENED } from '../layout.ts'
import { afterBlank, afterColon, byteAt, harmlessStringEnd, scalarEnd } from './ends.ts'

/** How many containers are open; `OPENED` says which of them are objects. */
let depth: i32 = 0

function open(isObject: bool): void {
  const place = OPENED + depth / 8
  const bit = 1 << (depth % 8)
  store<u8>(place, <u8>(isObject ? byteAt(place) | bit : byteAt(place) & ~bit))
  depth++
}

/** Whether what was opened last is an object. */
function isInObject(): bool {
  const last = depth - 1
  return (byteAt(OPENED + last / 8) & (1 << (last % 8))) !== 0
}

/** The place after the value at `at`, whatever it is and however deep. */
export function valueEnd(at: i32): i32 {
  if (byteAt(at) === QUOTE) return harmlessStringEnd(at)
  depth = 0
  let i = at
  while (true) {
    const byte = byteAt(i)
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const isObject = byte === OPEN_OBJECT
      i = afterBlank(i + 1)
      if (byteAt(i) !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) {
        open(isObject)
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
function nextValue(at: i32): i32 {
  let i = at
  while (depth > 0) {
    const isObject = isInObject()
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
function memberValue(at: i32): i32 {
  const keyEnd = byteAt(at) === QUOTE ? harmlessStringEnd(at) : NOT_PLAIN
  return keyEnd < 0 ? NOT_PLAIN : afterColon(keyEnd)
}
