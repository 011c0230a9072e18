/** Times as Proofpoint writes them, read by hand because `Date` loses microseconds. */

export interface EventTime {
  /** ms since 1970, rounded down. */
  readonly ms: number
  /** Seconds since 1970 and the nanoseconds in that second. */
  readonly hrTime: [seconds: number, nanos: number]
  /** RFC 3339, UTC, with the fraction digits of the source. */
  readonly iso: string
}

const DATE_TIME =
  /^\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?\s*$/

/** The last nanosecond that a signed 64-bit count from 1970 holds, in 2262. */
const LAST_SECOND = 9_223_372_036
const LAST_NANO = 854_775_807

/** Its last hours are in 1970 where the zone is west of Greenwich. */
const FIRST_YEAR = 1969

/** No time is longer, and a pattern need not take more. */
const LONGEST = 4096

const DAY_SECONDS = 86_400

/**
 * Reads an ISO 8601 date and time in the extended format: a zone as `Z`, `-0700`, `-07:00`, `+00`, or none, which means
 * UTC. Digits beyond nanoseconds count only in `iso`. The leap second 23:59:60 UTC is the first second of the next day.
 * Undefined for other texts, for days and times that do not exist, and outside 1970 to 2262.
 */
export function parseTime(text: string): EventTime | undefined {
  const match = text.length > LONGEST ? null : DATE_TIME.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction, sign, zoneHour = '0', zoneMinute = '0'] =
    match
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (Number(year) < FIRST_YEAR) return undefined
  if (!isDay(Number(year), Number(month), Number(day))) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined

  const offset = (Number(zoneHour) * 3600 + Number(zoneMinute) * 60) * (sign === '-' ? -1 : 1)
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  const seconds = local / 1000 - offset
  if (second === '60' && seconds % DAY_SECONDS !== 0) return undefined

  const nanos = fraction === undefined ? 0 : Number(fraction.slice(0, 9).padEnd(9, '0'))
  if (seconds < 0 || seconds > LAST_SECOND || (seconds === LAST_SECOND && nanos > LAST_NANO)) return undefined

  return {
    ms: seconds * 1000 + Math.floor(nanos / 1e6),
    hrTime: [seconds, nanos],
    // Most times are never written as text, which is most of their cost.
    get iso() {
      const toSecond = new Date(seconds * 1000).toISOString().slice(0, 19)
      return fraction === undefined ? `${toSecond}Z` : `${toSecond}.${fraction}Z`
    },
  }
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDay(year: number, month: number, day: number): boolean {
  if (day < 1 || day > (MONTH_DAYS[month - 1] ?? 0)) return false
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}
