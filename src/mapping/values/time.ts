/** Times as Proofpoint writes them, read by hand because `Date` loses microseconds and a pattern costs five times as much. */

import { BLANK, COLON, COMMA, LOWER, LOWER_T, LOWER_Z, MINUS, NINE, PLUS, POINT, ZERO } from '../../ascii.ts'
import { codeAt } from '../../code-at.ts'

export interface EventTime {
  /** ms since 1970, rounded down. */
  readonly ms: number
  /** Seconds since 1970 and the nanoseconds in that second. */
  readonly hrTime: [seconds: number, nanos: number]
  /** The digits behind the second, as sent; undefined when there are none. */
  readonly fraction: string | undefined
}

/** The last nanosecond that a signed 64-bit count from 1970 holds, in 2262. */
const LAST_SECOND = 9_223_372_036
const LAST_NANO = 854_775_807

/** Its last hours are in 1970 where the zone is west of Greenwich. */
const FIRST_YEAR = 1969

/** No time is longer. */
const LONGEST = 4096

const DAY_SECONDS = 86_400

/**
 * Reads an ISO 8601 date and time in the extended format: a zone as `Z`, `-0700`, `-07:00`, `+00`, or none, which means
 * UTC. Digits beyond nanoseconds count only in `fraction`. The leap second 23:59:60 UTC is the first second of the next day.
 * Undefined for other texts, for days and times that do not exist, and outside 1970 to 2262.
 */
export function parseTime(sent: string): EventTime | undefined {
  if (sent.length > LONGEST) return undefined
  const text = sent.trim()
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const isDate = codeAt(text, 4) === MINUS && codeAt(text, 7) === MINUS && isDay(year, month, day)
  if (!isDate || !isBetween(codeAt(text, 10)) || codeAt(text, 13) !== COLON) return undefined
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)

  let at = AFTER_MINUTE
  let second = 0
  let fraction: string | undefined
  if (codeAt(text, at) === COLON) {
    second = digits(text, at + 1, 2)
    at += 3
    if (codeAt(text, at) === POINT || codeAt(text, at) === COMMA) {
      const end = digitsEnd(text, at + 1)
      fraction = text.slice(at + 1, end)
      at = end
    }
  }
  const offset = zoneSeconds(text, at)
  if (fraction === '' || offset === undefined || !isTimeOfDay(hour, minute, second)) return undefined

  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset
  if (second === 60 && seconds % DAY_SECONDS !== 0) return undefined
  const nanos = nanosOf(fraction ?? '')
  if (seconds < 0 || seconds > LAST_SECOND || (seconds === LAST_SECOND && nanos > LAST_NANO)) return undefined

  return {
    ms: seconds * 1000 + Math.floor(nanos / 1e6),
    hrTime: [seconds, nanos],
    fraction,
  }
}

/** RFC 3339, UTC, with the fraction digits of the source. */
export function isoOf({ hrTime: [seconds], fraction }: EventTime): string {
  const toSecond = new Date(seconds * 1000).toISOString().slice(0, 19)
  return fraction === undefined ? `${toSecond}Z` : `${toSecond}.${fraction}Z`
}

const AFTER_MINUTE = 16
const NANO_DIGITS = 9

function nanosOf(fraction: string): number {
  const count = Math.min(fraction.length, NANO_DIGITS)
  return digits(fraction, 0, count) * 10 ** (NANO_DIGITS - count)
}

/** What the zone that begins at `at` is ahead of UTC; undefined when it is none, or not the end of the text. */
function zoneSeconds(text: string, at: number): number | undefined {
  const { length } = text
  if (at === length) return 0
  const begin = text.slice(at, at + 1).trim() === '' ? at + 1 : at
  const sign = codeAt(text, begin)
  if ((sign | LOWER) === LOWER_Z) return begin + 1 === length ? 0 : undefined
  if (sign !== PLUS && sign !== MINUS) return undefined
  const hours = digits(text, begin + 1, 2)
  const rest = codeAt(text, begin + 3) === COLON ? begin + 4 : begin + 3
  const minutes = begin + 3 === length ? 0 : digits(text, rest, 2)
  const end = begin + 3 === length ? rest : rest + 2
  if (end !== length || !isTimeOfDay(hours, minutes, 0)) return undefined
  return (hours * 3600 + minutes * 60) * (sign === MINUS ? -1 : 1)
}

/** What stands between date and time. */
const isBetween = (code: number): boolean => (code | LOWER) === LOWER_T || code === BLANK

/** The number that so many digits from `at` make; NaN when one of them is none. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const code = codeAt(text, i)
    value = isDigit(code) ? value * 10 + code - ZERO : Number.NaN
  }
  return value
}

function digitsEnd(text: string, at: number): number {
  let end = at
  while (isDigit(codeAt(text, end))) end++
  return end
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE

const isTimeOfDay = (hour: number, minute: number, second: number): boolean =>
  hour <= 23 && minute <= 59 && second <= 60

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** False also for what is no number. */
function isDay(year: number, month: number, day: number): boolean {
  if (!(year >= FIRST_YEAR) || !(day >= 1) || day > (MONTH_DAYS[month - 1] ?? 0)) return false
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}
