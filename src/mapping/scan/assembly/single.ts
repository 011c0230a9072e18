/** Reads a single value at a known place. */
import { LOWER_F, LOWER_T } from '../../../ascii.ts'
import {
  BARE_BEYOND_ASCII,
  BARE_TEXT,
  BOOLEAN,
  FITS_BOOLEAN,
  FITS_IPV4,
  FITS_MODEST_NUMBER,
  FITS_NUMBER,
  FITS_TEXT,
  FITS_TIME,
  INTEGER,
  NOT_PLAIN,
  NUMBER,
  SLOT,
  TEXT,
  TEXT_BEYOND_ASCII,
  TEXT_WITH_ESCAPES,
  TEXTS,
} from '../layout.ts'
import { areBlanksAround } from './blanks.ts'
import { byteAt, harmlessStringEnd, hasEscapes, isAscii, scalarEnd, smallInteger } from './ends.ts'
import { copyText, copyUnescaped, noteValue, textBytes } from './findings.ts'
import { has } from './nodes.ts'
import { isIpv4, isModestNumber, isUsualTime } from './notations.ts'

// The compiler takes no types from other files.
type Node = i32

/** No longer text is bare: few attributes are longer, and one so short is never cut (limits.ts). */
const LONGEST_BARE = 1024

/** `row`: of the innermost list that has columns. Returns the place behind it. */
export function visitText(at: i32, node: Node, row: i32, tells: bool): i32 {
  const end = harmlessStringEnd(at)
  if (end < 0) return NOT_PLAIN
  const fits = !tells || has(node, FITS_TEXT) || hasItsNotation(node, at + 1, end - 1)
  if (isIgnored(node, fits)) return end
  const place = hasEscapes() ? copyUnescaped(at + 1, end - 1) : copyText(at + 1, end - 1)
  if (place < 0) noteValue(TEXT_WITH_ESCAPES, node, at, end, row, fits)
  else noteValue(kindOf(place, textBytes()), node, place, textBytes(), row, fits)
  return end
}

function hasItsNotation(node: Node, from: i32, to: i32): bool {
  if (has(node, FITS_TIME)) return isUsualTime(from, to)
  return has(node, FITS_IPV4) && isIpv4(from, to)
}

/** Of a value that nobody asks for and of which nothing is to be told. */
function isIgnored(node: Node, fits: bool): bool {
  return fits && load<i32>(node, SLOT) === 0
}

/** Of what was read last, and now stands among the texts. */
function kindOf(from: i32, to: i32): i32 {
  const isBare = to > from && to - from <= LONGEST_BARE && !areBlanksAround(TEXTS + from, TEXTS + to)
  if (isAscii()) return isBare ? BARE_TEXT : TEXT
  return isBare ? BARE_BEYOND_ASCII : TEXT_BEYOND_ASCII
}

/** The same of a number, true or false. */
export function visitScalar(at: i32, node: Node, row: i32, tells: bool): i32 {
  const end = scalarEnd(at)
  if (end < 0) return end
  const byte = byteAt(at)
  if (byte === LOWER_T || byte === LOWER_F) {
    const fits = !tells || has(node, FITS_BOOLEAN)
    if (!isIgnored(node, fits)) noteValue(BOOLEAN, node, byte === LOWER_T ? 1 : 0, 0, row, fits)
    return end
  }
  const small = smallInteger(at, end)
  const fits =
    !tells ||
    (small >= 0 && has(node, FITS_NUMBER)) ||
    (has(node, FITS_NUMBER | FITS_MODEST_NUMBER) && isModestNumber(at, end))
  if (isIgnored(node, fits)) return end
  if (small >= 0) noteValue(INTEGER, node, small, 0, row, fits)
  else {
    const place = copyText(at, end)
    noteValue(NUMBER, node, place, place + end - at, row, fits)
  }
  return end
}
