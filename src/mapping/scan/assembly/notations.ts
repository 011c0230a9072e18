/** The most usual notations of values; others may be right as well. */
import {
  BLANK,
  CLOSE_LIST,
  COLON,
  COMMA,
  LOWER_A,
  LOWER_Z,
  MINUS,
  MORE,
  OPEN_LIST,
  PLUS,
  POINT,
  QUOTE,
  UPPER_Z,
  ZERO,
} from '../../../ascii.ts'
import { INTEGER, NONE, NUMBER, TEXTS } from '../layout.ts'
import { isDigit, smallInteger } from './ends.ts'
import { lengthOf, numberOf } from './findings.ts'

const OPEN_ROUND: i32 = 0x28
const CLOSE_ROUND: i32 = 0x29
const AT: i32 = 0x40
const UPPER_T: i32 = 0x54

/** What `NORMALISED` takes (values/address.ts). */
export function isMailAddress(from: i32, to: i32): bool {
  let i = from
  while (i < to && isOfLocalPart(load<u8>(i))) i++
  if (i === from || i + 1 >= to || load<u8>(i) !== AT) return false
  for (i++; i < to; i++) if (!isOfDomain(load<u8>(i))) return false
  return true
}

function isOfLocalPart(byte: i32): bool {
  if (byte <= BLANK) return false
  if (byte === QUOTE || byte === OPEN_ROUND || byte === CLOSE_ROUND || byte === COMMA) return false
  // `:`, `;`, `<`, `=`, `>`; encoded words have the fourth of them.
  if ((byte >= COLON && byte <= MORE) || byte === AT) return false
  return byte < OPEN_LIST || byte > CLOSE_LIST
}

function isOfDomain(byte: i32): bool {
  return isDigit(byte) || (byte >= LOWER_A && byte <= LOWER_Z) || byte === POINT || byte === MINUS
}

/** A number of up to six digits, with or without a fraction; no rule takes it for too large. */
export function isModestNumber(from: i32, to: i32): bool {
  const begin = load<u8>(from) === MINUS ? from + 1 : from
  let i = begin
  while (i < to && isDigit(load<u8>(i))) i++
  if (i - begin > 6) return false
  if (i === to) return true
  if (load<u8>(i) !== POINT) return false
  for (i++; i < to; i++) if (!isDigit(load<u8>(i))) return false
  return true
}

/** Of a number that is seconds: the nanoseconds, as long as none is cut off and JavaScript can count them; else `NONE`. */
export function nanosOfSeconds(finding: i32): i64 {
  if (load<i32>(finding) === INTEGER) {
    const seconds = numberOf(finding)
    return seconds <= MOST_SECONDS ? <i64>seconds * 1_000_000_000 : NONE
  }
  if (load<i32>(finding) !== NUMBER) return NONE
  const from = TEXTS + numberOf(finding)
  const to = from + lengthOf(finding)
  let point = from
  while (point < to && load<u8>(point) !== POINT) point++
  const seconds = smallInteger(from, point)
  let nanos = smallInteger(point + 1, to)
  if (point === to || seconds < 0 || seconds > MOST_SECONDS || nanos < 0) return NONE
  for (let digits = to - point - 1; digits < 9; digits++) nanos *= 10
  return <i64>seconds * 1_000_000_000 + nanos
}

/** So that a double, times 10^9 and rounded, has each nanosecond. */
const MOST_SECONDS: i32 = 999_999

/** Nanoseconds have less; `parseTime` takes no text of any length. */
const LONGEST_TIME: i32 = 64

/**
 * ISO 8601 as `parseTime` takes it (values/time.ts), from 1971 to 2261, with seconds and a zone; no 31st, and no 29th of February.
 */
export function isUsualTime(from: i32, to: i32): bool {
  if (
    to - from < 20 ||
    to - from > LONGEST_TIME ||
    load<u8>(from + 4) !== MINUS ||
    load<u8>(from + 7) !== MINUS
  )
    return false
  if (load<u8>(from + 13) !== COLON || load<u8>(from + 16) !== COLON) return false
  const between = load<u8>(from + 10)
  const month = twoDigits(from + 5)
  const isDate =
    isBetween(twoDigits(from) * 100 + twoDigits(from + 2), 1971, 2261) &&
    isBetween(month, 1, 12) &&
    isBetween(twoDigits(from + 8), 1, month === 2 ? 28 : 30) &&
    (between === UPPER_T || between === BLANK)
  return (
    isDate &&
    isTimeOfDay(from + 11) &&
    isBetween(twoDigits(from + 17), 0, 59) &&
    isZone(fractionEnd(from + 19, to), to)
  )
}

function fractionEnd(at: i32, to: i32): i32 {
  if (load<u8>(at) !== POINT || !isDigit(load<u8>(at + 1))) return at
  let i = at + 1
  while (i < to && isDigit(load<u8>(i))) i++
  return i
}

/** `Z`, `-0700` or `-07:00`. */
function isZone(at: i32, to: i32): bool {
  const sign = load<u8>(at)
  if (sign === UPPER_Z) return at + 1 === to
  if (sign !== MINUS && sign !== PLUS) return false
  const minutes = load<u8>(at + 3) === COLON ? at + 4 : at + 3
  return minutes + 2 === to && isBetween(twoDigits(at + 1), 0, 23) && isBetween(twoDigits(minutes), 0, 59)
}

/** Hours and minutes, with one byte between them. */
function isTimeOfDay(at: i32): bool {
  return isBetween(twoDigits(at), 0, 23) && isBetween(twoDigits(at + 3), 0, 59)
}

function isBetween(value: i32, least: i32, most: i32): bool {
  return value >= least && value <= most
}

/** `NOT_DIGITS` when one is none: so low that what is added to it stays below any bound. */
function twoDigits(at: i32): i32 {
  const first = load<u8>(at)
  const second = load<u8>(at + 1)
  return isDigit(first) && isDigit(second) ? (first - ZERO) * 10 + second - ZERO : NOT_DIGITS
}

const NOT_DIGITS: i32 = -1_000_000

/** Four numbers up to 255 without zeros in front. */
export function isIpv4(from: i32, to: i32): bool {
  let i = from
  for (let part = 0; part < 4; part++) {
    if (part > 0) {
      if (i >= to || load<u8>(i) !== POINT) return false
      i++
    }
    const begin = i
    let value = 0
    while (i < to && i - begin < 4 && isDigit(load<u8>(i))) value = value * 10 + load<u8>(i++) - ZERO
    const digits = i - begin
    if (digits === 0 || value > 255 || (digits > 1 && load<u8>(begin) === ZERO)) return false
  }
  return i === to
}
