/** Which time to ask TAP for. Times are ms since 1970 on the server's clock, windows whole seconds. */
import { DAY_MS, HOUR_MS } from '../../clock.ts'
import { KnownError } from '../../errors.ts'

/** A span of event creation times, `from` to `to`. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** TAP refuses windows under 30 s and over one hour. */
export const SHORTEST_MS = 30_000
export const LONGEST_MS = HOUR_MS
/** TAP answers for the last seven days. */
export const RETENTION_MS = 7 * DAY_MS
const RETENTION_MARGIN_MS = 5 * 60_000

export const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000

const SMALLEST_MS = 5 * 60_000

/** The next smaller length of windows, where `longestMs` was too much for TAP; five minutes at least. */
export const halved = (longestMs: number): number => Math.max(SMALLEST_MS, wholeSecond(longestMs / 2))

/**
 * The next window from `position` on: to `now - lagMs`, at most `longestMs` long. Undefined while that is under 30 s.
 * A position in the future means that a clock is wrong: the 30 s before it are asked for, because every answer, a
 * refusal too, tells the server's time.
 */
export function nextWindow(
  position: number,
  now: number,
  lagMs: number,
  longestMs: number,
): Window | undefined {
  if (position > now) return { from: position - SHORTEST_MS, to: position }
  const to = wholeSecond(Math.min(position + longestMs, now - lagMs))
  return to - position >= SHORTEST_MS ? { from: position, to } : undefined
}

/**
 * The settled point after `window` was read at `readAt`: what lies before it was read when it was at least `lookBackMs`
 * old, so nothing can appear there any more. Never moves backwards; stays when the window does not join on to it.
 */
export function settledAfter(settled: number, window: Window, readAt: number, lookBackMs: number): number {
  if (window.from > settled) return settled
  return Math.max(settled, wholeSecond(Math.min(window.to, readAt - lookBackMs)))
}

/** ms since 1970, in whole seconds; undefined when the `queryEndTime` is none. A time without an offset is UTC. */
export function timeOfEnd(queryEndTime: string | undefined): number | undefined {
  // Dates are also found in many a text that is none.
  if (queryEndTime === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(queryEndTime)) return undefined
  const hasOffset = /(?:Z|[+-]\d\d:?\d\d)$/i.test(queryEndTime)
  const time = wholeSecond(Date.parse(hasOffset ? queryEndTime : `${queryEndTime}Z`))
  return Number.isNaN(time) ? undefined : time
}

/**
 * The part of `window` that an answer covers: to its `queryEndTime`, should that be earlier than what was asked for.
 * Throws `tap-broken-answer` when that is none of it.
 */
export function served(window: Window, queryEndTime: string | undefined): Window {
  const end = timeOfEnd(queryEndTime)
  if (end === undefined || end >= window.to) return window
  if (end > window.from) return { from: window.from, to: end }
  throw new KnownError(
    'tap-broken-answer',
    `queryEndTime ${queryEndTime} is not in the window ${interval(window)}`,
  )
}

/**
 * A window that TAP should take after it refused `window` with HTTP 400 and `text`, farther off with each `attempt`
 * (0, 1, ...). `earliestNow`: the earlier of the server's time and ours, should they differ; `boundNow`: where it may be
 * earlier still. When it begins later than the refused one, the time between is out of TAP's reach: a hole.
 * Undefined when the text is none of the known ones.
 */
export function repair(
  window: Window,
  text: string,
  now: number,
  attempt: number,
  earliestNow = now,
  boundNow = earliestNow,
): Window | undefined {
  const times = 2 ** attempt
  if (/too far in(to)? the past/i.test(text)) {
    // Also a time that is wrong makes no greater hole than it must.
    const from = (attempt === 0 ? [boundNow, earliestNow, now] : [now])
      .map(ms => wholeSecond(ms - RETENTION_MS + RETENTION_MARGIN_MS * times))
      .find(begin => begin > window.from)
    return from === undefined ? undefined : { from, to: from + (window.to - window.from) }
  }
  if (/too short/i.test(text)) {
    return { from: Math.min(window.from, window.to - 2 * SHORTEST_MS * times), to: window.to }
  }
  if (/still current/i.test(text)) {
    const to = wholeSecond(Math.min(window.to - 1000, earliestNow - SHORTEST_MS * (attempt + 1)))
    return { from: Math.min(window.from, to - SHORTEST_MS), to }
  }
  return undefined
}

/** `YYYY-MM-DDTHH:mm:ssZ/YYYY-MM-DDTHH:mm:ssZ`, the form of the `interval` parameter. */
export const interval = ({ from, to }: Window): string => `${isoSecond(from)}/${isoSecond(to)}`

const isoSecond = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')
