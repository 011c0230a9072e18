/** What time window a TAP SIEM request asks for, and in which words a wrong one is refused. */
import { DAY_MS, HOUR_MS } from '../clock.ts'

export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

const SHORTEST_MS = 30_000
const LONGEST_MS = HOUR_MS
const RETENTION_MS = 7 * DAY_MS
/** Ends nearer to now than this are refused too. */
const CURRENT_MS = 1000
const MINUTE_MS = 60_000

const tooOld =
  'The requested start time is too far into the past. Requests for information up to 7.00d are accepted'
const sinceTooOld = 'The sinceTime parameter gives a time too far into the past'
const tooShort = 'The requested interval is too short. Requests must be for at least 30.00s of data'
const current = 'The requested interval is still current.'
// The words of these are not known.
const tooLong = 'The requested interval is too long. Requests must be for at most 1.00h of data'
const oneParameter = 'Exactly one of the parameters interval, sinceTime and sinceSeconds is required'
const unreadable = 'The time parameter could not be read'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?$/
const DURATION = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/

function timeOf(text: string): number {
  if (!TIME.test(text)) return Number.NaN
  return Date.parse(/Z$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`)
}

function durationOf(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = DURATION.exec(text) ?? [undefined, Number.NaN]
  return Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000
}

/** `start/end`, `start/PT30M` or `PT30M/end`. */
function intervalOf(text: string): Window {
  const [left = '', right = ''] = text.split('/')
  if (left.startsWith('P')) return { fromMs: timeOf(right) - durationOf(left), toMs: timeOf(right) }
  const toMs = right.startsWith('P') ? timeOf(left) + durationOf(right) : timeOf(right)
  return { fromMs: timeOf(left), toMs }
}

/** The window, or the text of the 400. */
export function windowOf(query: URLSearchParams, nowMs: number): Window | string {
  const given = ['interval', 'sinceTime', 'sinceSeconds'].filter(name => query.has(name))
  const [name] = given
  if (name === undefined || given.length > 1) return oneParameter
  const text = query.get(name) ?? ''
  if (name === 'interval') return checkedInterval(intervalOf(text), nowMs)
  // Only these two end at the server's now, which is rounded to the minute.
  const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
  const fromMs =
    name === 'sinceTime' ? timeOf(text) : toMs - (/^\d+$/.test(text) ? Number(text) : Number.NaN) * 1000
  if (Number.isNaN(fromMs)) return unreadable
  if (toMs - fromMs > LONGEST_MS) return name === 'sinceTime' ? sinceTooOld : tooLong
  return toMs - fromMs < SHORTEST_MS ? tooShort : { fromMs, toMs }
}

function checkedInterval({ fromMs, toMs }: Window, nowMs: number): Window | string {
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return unreadable
  if (toMs < fromMs) return ''
  if (fromMs < nowMs - RETENTION_MS) return tooOld
  if (toMs - fromMs < SHORTEST_MS) return tooShort
  if (toMs - fromMs > LONGEST_MS) return tooLong
  return toMs > nowMs - CURRENT_MS ? current : { fromMs, toMs }
}
