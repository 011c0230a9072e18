/**
 * Finds the ends of JSON values in UTF-8, as strictly as `JSON.parse`: what is taken for a value here, `JSON.parse` takes as
 * well, but for what `anyStringEnd` passes over, which is cut out only. The other way round it need not hold: `NOT_PLAIN` says
 * that the text has to be read in another way.
 *
 * AssemblyScript: one text is read at a time, from the begin of the memory, sixteen bytes in one go where that helps. A zero
 * byte stands at its end, which ends each loop but that of `anyStringEnd`.
 */
import {
  BACKSLASH,
  BLANK,
  CARRIAGE_RETURN,
  COLON,
  LINE_FEED,
  LOWER,
  LOWER_A,
  LOWER_B,
  LOWER_E,
  LOWER_F,
  LOWER_N,
  LOWER_R,
  LOWER_T,
  LOWER_U,
  MINUS,
  NINE,
  PLUS,
  POINT,
  QUOTE,
  SLASH,
  TAB,
  ZERO,
} from '../../../ascii.ts'
import { NONE, NOT_PLAIN } from '../layout.ts'

/** Whether the string could name message content; `from` and `to` with its quotes. */
declare function namesContent(from: i32, to: i32): bool

let textLength: i32 = 0
let isGuarded: bool = false
let contentKeyLength: i32 = 0
let contentKeyLetter: i32 = 0
let otherContentKeyLength: i32 = 0
let otherContentKeyLetter: i32 = 0

/** Of the string that was read last. */
let escaped: bool = false
let ascii: bool = true
/** Whether it has a `\u` escape, or a quote behind which a key of message content may begin. */
let mayHideContent: bool = false

/** The lengths and first letters, in lower case, of the keys of message content, once. */
export function setContentKeys(length: i32, letter: i32, otherLength: i32, otherLetter: i32): void {
  contentKeyLength = length
  contentKeyLetter = letter
  otherContentKeyLength = otherLength
  otherContentKeyLetter = otherLetter
}

/** Begins with a text. `guarded`: a string that could name message content is not plain. */
export function begin(length: i32, guarded: bool): void {
  textLength = length
  isGuarded = guarded
}

export function byteAt(at: i32): i32 {
  return load<u8>(at)
}

/** Whether the string that was read last has escapes. */
export function hasEscapes(): bool {
  return escaped
}

/** Whether the string that was read last is ASCII, as it stands. */
export function isAscii(): bool {
  return ascii
}

/** The first place from `at` on that holds no blank. */
export function afterBlank(at: i32): i32 {
  let i = at
  while (byteAt(i) <= BLANK && isBlank(byteAt(i))) i++
  return i
}

function isBlank(byte: i32): bool {
  return byte === BLANK || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB
}

/** The place after the string whose opening quote is at `at`. */
export function stringEnd(at: i32): i32 {
  let hasSeenEscapes = false
  let hides = false
  let beyond = 0
  let i = at + 1
  while (true) {
    const bytes = v128.load(i)
    const quotes = i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))
    const backslashes = i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))
    const controls = i8x16.lt_u(bytes, i8x16.splat(<i8>BLANK))
    const special = i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls))
    const high = i8x16.bitmask(bytes)
    if (special === 0) {
      beyond |= high
      i += 16
      continue
    }
    const plain = ctz(special)
    beyond |= high & ((1 << plain) - 1)
    i += plain
    const byte = byteAt(i)
    if (byte === QUOTE) {
      escaped = hasSeenEscapes
      mayHideContent = hides
      ascii = beyond === 0
      return i + 1
    }
    if (byte !== BACKSLASH) return NOT_PLAIN
    hasSeenEscapes = true
    if (mayHide(byteAt(i + 1), byteAt(i + 2) | LOWER)) hides = true
    i = escapeEnd(i)
    if (i < 0) return NOT_PLAIN
  }
}

/** Whether message content may hide behind an escape: the byte that is escaped, and the one behind it in lower case. */
function mayHide(byte: i32, letter: i32): bool {
  if (byte === LOWER_U) return true
  return byte === QUOTE && (letter === contentKeyLetter || letter === otherContentKeyLetter)
}

/** The place after the escape whose backslash is at `at`. */
function escapeEnd(at: i32): i32 {
  const byte = byteAt(at + 1)
  if (byte !== LOWER_U) return isEscapable(byte) ? at + 2 : NOT_PLAIN
  for (let i = at + 2; i < at + 6; i++) if (!isHexDigit(byteAt(i))) return NOT_PLAIN
  return at + 6
}

function isEscapable(byte: i32): bool {
  if (byte === QUOTE || byte === BACKSLASH || byte === SLASH) return true
  return byte === LOWER_B || byte === LOWER_F || byte === LOWER_N || byte === LOWER_R || byte === LOWER_T
}

export function isDigit(byte: i32): bool {
  return byte >= ZERO && byte <= NINE
}

function isHexDigit(byte: i32): bool {
  return isDigit(byte) || ((byte | LOWER) >= LOWER_A && (byte | LOWER) <= LOWER_F)
}

/** `stringEnd` for any string but a known key: not plain when it could name message content. */
export function harmlessStringEnd(at: i32): i32 {
  const end = stringEnd(at)
  return end >= 0 && couldNameContent(at, end) ? NOT_PLAIN : end
}

/** Whether the string that was read last could name message content. */
export function couldNameContent(at: i32, end: i32): bool {
  if (!isGuarded) return false
  const length = end - at - 2
  const letter = byteAt(at + 1) | LOWER
  const isSuspect =
    mayHideContent ||
    (length === contentKeyLength && letter === contentKeyLetter) ||
    (length === otherContentKeyLength && letter === otherContentKeyLetter)
  return isSuspect && namesContent(at, end)
}

/** The place after the string at `at`, whatever stands in it. */
export function anyStringEnd(at: i32): i32 {
  for (let i = quoteFrom(at + 1); i < textLength; i = quoteFrom(i + 1)) {
    let backslashes = 0
    while (byteAt(i - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return i + 1
  }
  return NOT_PLAIN
}

/** The place of the first quote from `at` on; with none, one behind the text. */
function quoteFrom(at: i32): i32 {
  for (let i = at; i < textLength; i += 16) {
    const quotes = i8x16.bitmask(i8x16.eq(v128.load(i), i8x16.splat(<i8>QUOTE)))
    if (quotes !== 0) return i + ctz(quotes)
  }
  return textLength
}

/** `true`, `null` and the begin of `false`, as they stand in memory. */
const TRUE: i32 = 0x65757274
const NULL: i32 = 0x6c6c756e
const FALS: i32 = 0x736c6166

/** The place after the number, `true`, `false` or `null` at `at`. */
export function scalarEnd(at: i32): i32 {
  const four = load<i32>(at)
  if (four === TRUE || four === NULL) return at + 4
  if (four === FALS && byteAt(at + 4) === LOWER_E) return at + 5
  return numberEnd(at)
}

function numberEnd(at: i32): i32 {
  let i = byteAt(at) === MINUS ? at + 1 : at
  if (!isDigit(byteAt(i))) return NOT_PLAIN
  if (byteAt(i) === ZERO) i++
  else i = digitsEnd(i)
  if (byteAt(i) === POINT) {
    if (!isDigit(byteAt(i + 1))) return NOT_PLAIN
    i = digitsEnd(i + 1)
  }
  if ((byteAt(i) | LOWER) === LOWER_E) {
    i++
    if (byteAt(i) === PLUS || byteAt(i) === MINUS) i++
    if (!isDigit(byteAt(i))) return NOT_PLAIN
    i = digitsEnd(i)
  }
  return i
}

function digitsEnd(at: i32): i32 {
  let i = at
  while (isDigit(byteAt(i))) i++
  return i
}

/** The number from `at` to `end` when it has digits only, and up to nine of them; else `NONE`. */
export function smallInteger(at: i32, end: i32): i32 {
  if (end - at > 9) return NONE
  let value = 0
  for (let i = at; i < end; i++) {
    if (!isDigit(byteAt(i))) return NONE
    value = value * 10 + byteAt(i) - ZERO
  }
  return value
}

/** The place of the value after the key that ends at `at`. */
export function afterColon(at: i32): i32 {
  const colon = afterBlank(at)
  return byteAt(colon) === COLON ? afterBlank(colon + 1) : NOT_PLAIN
}
