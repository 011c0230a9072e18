/**
 * Finds the ends of JSON values in bytes of UTF-8, as strictly as `JSON.parse`: what it takes for a value, `JSON.parse` takes
 * as well. The other way round it need not hold: `NOT_PLAIN` says that the text has to be read in another way.
 */
import { isLengthOfContentKey, namesContent } from '../values/content.ts'

/** The bytes of an event, and what was learned of the string that was read last. */
export interface Frame {
  bytes: Buffer
  /** The same bytes, a character each. */
  latin1: string
  /** The end of the text in `bytes`. */
  end: number
  hasEscapes: boolean
  isAscii: boolean
  /** Whether a string that could name message content makes the text not plain. */
  readonly isGuarded: boolean
  /** Of containers that are skipped: whether each is an object. */
  readonly opened: boolean[]
}

export const NOT_PLAIN = -1

export const QUOTE = 0x22
export const COMMA = 0x2c
export const OPEN_LIST = 0x5b
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
export const COLON = 0x3a
const BACKSLASH = 0x5c
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const LOWER_E = 0x65
export const LOWER_F = 0x66
export const LOWER_N = 0x6e
export const LOWER_T = 0x74
const LOWER_U = 0x75
/** What makes a letter of ASCII lower case. */
const LOWER = 0x20

/** The first place from `at` on that holds no blank. */
export function afterBlank({ bytes, end }: Frame, at: number): number {
  let i = at
  while (i < end && isBlank(bytes[i])) i++
  return i
}

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** The place after the string whose opening quote is at `at`. */
export function stringEnd(frame: Frame, at: number): number {
  const { bytes, end } = frame
  let bits = 0
  let hasEscapes = false
  for (let i = at + 1; i < end; i++) {
    const byte = bytes[i]!
    if (byte === QUOTE) {
      frame.hasEscapes = hasEscapes
      frame.isAscii = bits < 0x80
      return i + 1
    }
    if (byte === BACKSLASH) {
      hasEscapes = true
      i = escapeEnd(frame, i) - 1
      if (i < 0) return NOT_PLAIN
    } else if (byte < 0x20) return NOT_PLAIN
    bits |= byte
  }
  return NOT_PLAIN
}

/** The same of any string but a known key: not plain when it could name message content. */
export function harmlessStringEnd(frame: Frame, at: number): number {
  const end = stringEnd(frame, at)
  return frame.isGuarded && end >= 0 && couldNameContent(frame, at, end) ? NOT_PLAIN : end
}

const couldNameContent = ({ latin1, hasEscapes }: Frame, at: number, end: number): boolean =>
  (hasEscapes || isLengthOfContentKey(end - at - 2)) && namesContent(latin1.slice(at, end))

const escapes = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't'].map(character => character.charCodeAt(0)))

/** The place after the escape whose backslash is at `at`. */
function escapeEnd({ bytes, end }: Frame, at: number): number {
  const byte = bytes[at + 1]!
  if (byte !== LOWER_U) return escapes.has(byte) ? at + 2 : NOT_PLAIN
  for (let i = at + 2; i < at + 6; i++) if (i >= end || !isHexDigit(bytes[i]!)) return NOT_PLAIN
  return at + 6
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 0x39
const isHexDigit = (byte: number): boolean =>
  isDigit(byte) || ((byte | LOWER) >= 0x61 && (byte | LOWER) <= LOWER_F)

/** The string from the quote at `at` to `end`, decoded; it must be the one that was read last. */
export function lastString({ bytes, latin1, hasEscapes, isAscii }: Frame, at: number, end: number): string {
  if (!hasEscapes && isAscii) return latin1.slice(at + 1, end - 1)
  const text = bytes.toString('utf8', at, end)
  return hasEscapes ? JSON.parse(text) : text.slice(1, -1)
}

/** The place after the number, `true`, `false` or `null` at `at`. */
export function scalarEnd(frame: Frame, at: number): number {
  switch (frame.bytes[at]) {
    case LOWER_T:
      return wordEnd(frame, at, 'true')
    case LOWER_F:
      return wordEnd(frame, at, 'false')
    case LOWER_N:
      return wordEnd(frame, at, 'null')
    default:
      return numberEnd(frame, at)
  }
}

const wordEnd = ({ latin1, end }: Frame, at: number, word: string): number =>
  latin1.startsWith(word, at) && at + word.length <= end ? at + word.length : NOT_PLAIN

function numberEnd({ bytes }: Frame, at: number): number {
  let i = bytes[at] === MINUS ? at + 1 : at
  if (!isDigit(bytes[i])) return NOT_PLAIN
  if (bytes[i] === ZERO) i++
  else i = digitsEnd(bytes, i)
  if (bytes[i] === POINT) {
    if (!isDigit(bytes[i + 1])) return NOT_PLAIN
    i = digitsEnd(bytes, i + 1)
  }
  if ((bytes[i]! | LOWER) === LOWER_E) {
    i++
    if (bytes[i] === PLUS || bytes[i] === MINUS) i++
    if (!isDigit(bytes[i])) return NOT_PLAIN
    i = digitsEnd(bytes, i)
  }
  return i
}

function digitsEnd(bytes: Uint8Array, at: number): number {
  let i = at
  while (isDigit(bytes[i])) i++
  return i
}

/** So many digits make a whole number without rounding. */
const EXACT_DIGITS = 15

/** The number from `at` to `end`. */
export function numberAt({ bytes, latin1 }: Frame, at: number, end: number): number {
  if (end - at > EXACT_DIGITS) return Number(latin1.slice(at, end))
  let value = 0
  for (let i = at; i < end; i++) {
    const digit = bytes[i]! - ZERO
    if (digit < 0 || digit > 9) return Number(latin1.slice(at, end))
    value = value * 10 + digit
  }
  return value
}

/** The place of the value of the member whose key is at `at`. */
export function memberValue(frame: Frame, at: number): number {
  if (frame.bytes[at] !== QUOTE) return NOT_PLAIN
  const keyEnd = harmlessStringEnd(frame, at)
  return keyEnd < 0 ? NOT_PLAIN : afterColon(frame, keyEnd)
}

/** The place of the value after the key that ends at `at`. */
export function afterColon(frame: Frame, at: number): number {
  const colon = afterBlank(frame, at)
  return frame.bytes[colon] === COLON ? afterBlank(frame, colon + 1) : NOT_PLAIN
}

/** The place after the value at `at`, whatever it is and however deep. */
export function valueEnd(frame: Frame, at: number): number {
  const { bytes, opened } = frame
  opened.length = 0
  for (let i = at; ; ) {
    const byte = bytes[i]
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const isObject = byte === OPEN_OBJECT
      i = afterBlank(frame, i + 1)
      if (bytes[i] !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) {
        opened.push(isObject)
        if (isObject) i = memberValue(frame, i)
        if (i < 0) return NOT_PLAIN
        continue
      }
      i++
    } else {
      i = byte === QUOTE ? harmlessStringEnd(frame, i) : scalarEnd(frame, i)
      if (i < 0) return NOT_PLAIN
    }
    i = nextValue(frame, i)
    if (i < 0) return NOT_PLAIN
    if (opened.length === 0) return i
  }
}

/** After a value inside of what is opened: where the next one begins; with nothing opened any more, where the whole ends. */
function nextValue(frame: Frame, at: number): number {
  const { bytes, opened } = frame
  let i = at
  while (opened.length > 0) {
    const isObject = opened[opened.length - 1]!
    i = afterBlank(frame, i)
    if (bytes[i] === COMMA) {
      i = afterBlank(frame, i + 1)
      return isObject ? memberValue(frame, i) : i
    }
    if (bytes[i] !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) return NOT_PLAIN
    opened.pop()
    i++
  }
  return i
}
