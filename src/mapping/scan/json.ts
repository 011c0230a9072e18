/**
 * Finds the ends of JSON values in UTF-8, as strictly as `JSON.parse`: what is taken for a value here, `JSON.parse` takes as
 * well, but for what `anyStringEnd` passes over, which is cut out or copied only. The other way round it need not hold:
 * `NOT_PLAIN` says that the text has to be read in another way.
 *
 * One text is read at a time, from memory that never changes its place: so the compiler knows where it is, and four bytes
 * can be looked at in one go (measured: twice as fast). Places are those in the text; a zero byte stands at its end.
 */
import { isLengthOfContentKey, namesContent } from '../values/content.ts'

/** Larger texts are not plain: they are rare. */
const MOST_BYTES = 1_000_000
/** For the zero, and for what is looked at behind it. */
const PADDING = 8

const memory = new ArrayBuffer(MOST_BYTES + PADDING)
const bytes = Buffer.from(memory)
const words = new DataView(memory)

/** The same text, a character each byte. */
let latin1 = ''
let isGuarded = false

/** Of the string that was read last. */
let hasEscapes = false
let isAscii = true

export const NOT_PLAIN = -1

export const QUOTE = 0x22
export const COMMA = 0x2c
export const OPEN_LIST = 0x5b
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
export const LOWER_F = 0x66
export const LOWER_N = 0x6e
export const LOWER_T = 0x74
const COLON = 0x3a
const BACKSLASH = 0x5c
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const LOWER_E = 0x65
const LOWER_U = 0x75
const BLANK = 0x20
/** What makes a letter of ASCII lower case. */
const LOWER = 0x20

/**
 * Begins with a text of valid UTF-8. `guarded`: a string that could name message content is not plain. False when the text
 * is too large.
 */
export function openText(text: Buffer, guarded: boolean): boolean {
  if (text.length > MOST_BYTES) return false
  bytes.set(text)
  bytes[text.length] = 0
  latin1 = text.toString('latin1')
  isGuarded = guarded
  return true
}

/** The whole text, a character each byte. */
export const latin1Text = (): string => latin1

export const byteAt = (at: number): number => bytes[at]!

/** The text from `at` to `end`. */
export const textOf = (at: number, end: number): string => bytes.toString('utf8', at, end)

/** The first place from `at` on that holds no blank. */
export function afterBlank(at: number): number {
  let i = at
  while (bytes[i]! <= BLANK && isBlank(bytes[i]!)) i++
  return i
}

const isBlank = (byte: number): boolean => byte === BLANK || byte === 0x0a || byte === 0x0d || byte === 0x09

/** The place after the string whose opening quote is at `at`. */
export function stringEnd(at: number): number {
  let hasSeenEscapes = false
  let bits = 0
  for (let i = at + 1; ; ) {
    while (isPlainAscii(words.getInt32(i, true))) i += 4
    const byte = bytes[i]!
    if (byte === QUOTE) {
      hasEscapes = hasSeenEscapes
      isAscii = bits < 0x80
      return i + 1
    }
    bits |= byte
    if (byte === BACKSLASH) {
      hasSeenEscapes = true
      i = escapeEnd(i)
      if (i < 0) return NOT_PLAIN
    } else if (byte < BLANK) return NOT_PLAIN
    else i++
  }
}

/** The same byte four times. */
const each = (byte: number): number => byte * 0x01010101
const BLANKS = each(BLANK)
const QUOTES = each(QUOTE)
const BACKSLASHES = each(BACKSLASH)
const ONES = each(1)
const HIGH_BITS = each(0x80) | 0

/** Whether none of four bytes is a quote, a backslash, a control character or beyond ASCII. */
function isPlainAscii(four: number): boolean {
  const quotes = four ^ QUOTES
  const backslashes = four ^ BACKSLASHES
  const special =
    four |
    (((four - BLANKS) | 0) & ~four) |
    (((quotes - ONES) | 0) & ~quotes) |
    (((backslashes - ONES) | 0) & ~backslashes)
  return (special & HIGH_BITS) === 0
}

/** The same of any string but a known key: not plain when it could name message content. */
export function harmlessStringEnd(at: number): number {
  const end = stringEnd(at)
  return isGuarded && end >= 0 && couldNameContent(at, end) ? NOT_PLAIN : end
}

const couldNameContent = (at: number, end: number): boolean =>
  (hasEscapes || isLengthOfContentKey(end - at - 2)) && namesContent(latin1.slice(at, end))

const escapes = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't'].map(character => character.charCodeAt(0)))

/** The place after the escape whose backslash is at `at`. */
function escapeEnd(at: number): number {
  const byte = bytes[at + 1]!
  if (byte !== LOWER_U) return escapes.has(byte) ? at + 2 : NOT_PLAIN
  for (let i = at + 2; i < at + 6; i++) if (!isHexDigit(bytes[i]!)) return NOT_PLAIN
  return at + 6
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= 0x39
const isHexDigit = (byte: number): boolean =>
  isDigit(byte) || ((byte | LOWER) >= 0x61 && (byte | LOWER) <= LOWER_F)

/** The string from the quote at `at` to `end`, decoded; it must be the one that was read last. */
export function lastString(at: number, end: number): string {
  if (!hasEscapes && isAscii) return latin1.slice(at + 1, end - 1)
  const text = textOf(at, end)
  return hasEscapes ? JSON.parse(text) : text.slice(1, -1)
}

/** No longer text is a span: few attributes are longer, and one so short is never cut (limits.ts). */
const LONGEST_SPAN = 1024

/** Whether the string from the quote at `at` to `end`, the one that was read last, is not empty, and its bytes are its text. */
export function isLastBare(at: number, end: number): boolean {
  const length = end - at - 2
  const isAsItIs = length > 0 && length <= LONGEST_SPAN && isAscii && !hasEscapes
  return isAsItIs && bytes[at + 1]! > BLANK && bytes[end - 2]! > BLANK
}

/** The key from the quote at `at` to `end`, which must be the string that was read last; undefined when it is not plain. */
export const lastKey = (at: number, end: number): string | undefined =>
  hasEscapes || !isAscii ? undefined : latin1.slice(at + 1, end - 1)

/** The place after the string at `at`, whatever stands in it. */
export function anyStringEnd(at: number): number {
  for (let quote = latin1.indexOf('"', at + 1); quote >= 0; quote = latin1.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
  return NOT_PLAIN
}

/** The place after the number, `true`, `false` or `null` at `at`. */
export function scalarEnd(at: number): number {
  switch (bytes[at]) {
    case LOWER_T:
      return wordEnd(at, 'true')
    case LOWER_F:
      return wordEnd(at, 'false')
    case LOWER_N:
      return wordEnd(at, 'null')
    default:
      return numberEnd(at)
  }
}

const wordEnd = (at: number, word: string): number =>
  latin1.startsWith(word, at) ? at + word.length : NOT_PLAIN

function numberEnd(at: number): number {
  let i = bytes[at] === MINUS ? at + 1 : at
  if (!isDigit(bytes[i]!)) return NOT_PLAIN
  if (bytes[i] === ZERO) i++
  else i = digitsEnd(i)
  if (bytes[i] === POINT) {
    if (!isDigit(bytes[i + 1]!)) return NOT_PLAIN
    i = digitsEnd(i + 1)
  }
  if ((bytes[i]! | LOWER) === LOWER_E) {
    i++
    if (bytes[i] === PLUS || bytes[i] === MINUS) i++
    if (!isDigit(bytes[i]!)) return NOT_PLAIN
    i = digitsEnd(i)
  }
  return i
}

function digitsEnd(at: number): number {
  let i = at
  while (isDigit(bytes[i]!)) i++
  return i
}

/** So many digits make a whole number without rounding. */
const EXACT_DIGITS = 15

/** The number from `at` to `end`. */
export function numberAt(at: number, end: number): number {
  if (end - at > EXACT_DIGITS) return Number(latin1.slice(at, end))
  let value = 0
  for (let i = at; i < end; i++) {
    const digit = bytes[i]! - ZERO
    if (digit < 0 || digit > 9) return Number(latin1.slice(at, end))
    value = value * 10 + digit
  }
  return value
}

/** The place of the value after the key that ends at `at`. */
export function afterColon(at: number): number {
  const colon = afterBlank(at)
  return bytes[colon] === COLON ? afterBlank(colon + 1) : NOT_PLAIN
}

/** A member as far as its value, as it was written: ready to be found again. Those of a tree lie side by side in memory. */
export interface Spelling {
  readonly fours: Int32Array
  /** Of `fours`. */
  readonly place: number
  /** In bytes; 0 when none is kept. */
  length: number
}

/** Members with longer keys, or with a blank before the colon, are not kept. */
export const MOST_SPELLING_FOURS = 10

/** Keeps how the member at `at`, whose key ends at `keyEnd`, is written. */
export function keepSpelling(spelling: Spelling, at: number, keyEnd: number): void {
  const { fours, place } = spelling
  const length = keyEnd + 1 - at
  const isKept = bytes[keyEnd] === COLON && length >= 4 && length <= 4 * MOST_SPELLING_FOURS
  spelling.length = isKept ? length : 0
  // Four bytes each; the last four may overlap those before.
  for (let i = 0; i < spelling.length; i += 4)
    fours[place + i / 4] = words.getInt32(at + Math.min(i, length - 4), true)
}

/** Whether a member that is written so begins at `at`. */
export function isSpeltAt(at: number, { fours, place, length }: Spelling): boolean {
  if (length === 0) return false
  const last = at + length - 4
  let four = place
  for (let i = at; i < last; i += 4) if (words.getInt32(i, true) !== fours[four++]) return false
  return words.getInt32(last, true) === fours[four]
}
