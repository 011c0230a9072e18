/** The only file that reads the time. Everything else is handed a clock. */

/** One way of counting time. Times are milliseconds since 1970, UTC; durations are milliseconds. */
export interface Clock {
  now(): number
  /** Resolves after `ms`, or at once when `signal` is or becomes aborted: look at the signal afterwards. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** A timer of `setTimeout` holds 31 bits; longer ones would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Not that of `node:timers/promises`, which makes an error with its stack of each wait that is cut short: most are. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout
  const wait = (left: number) => {
    const next = () => (left > LONGEST_TIMER_MS ? wait(left - LONGEST_TIMER_MS) : end())
    timer = setTimeout(next, Math.min(left, LONGEST_TIMER_MS))
  }
  const end = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
    resolve()
  }
  signal?.addEventListener('abort', end)
  wait(Math.max(0, ms))
  return promise
}

/** Real time: for what concerns this process and its peers (time-outs, backoff, pings). */
export const real: Clock = { now: () => Date.now(), sleep }

/** Milliseconds that only ever grow, for measuring durations; unrelated to the time of day. */
export const elapsed = (): number => performance.now()

/** A signal that aborts when `signal` does or after `ms` of real time, whichever comes first. */
export const deadline = (ms: number, signal?: AbortSignal): AbortSignal =>
  signal ? AbortSignal.any([signal, AbortSignal.timeout(ms)]) : AbortSignal.timeout(ms)

const TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

/**
 * Reads an ISO 8601 time as people give it: with Z or an offset, so that it means the same on every machine. A date alone
 * is the begin of that UTC day. Undefined when it is not of that form, or no such day exists.
 */
export function parseTime(text: string): number | undefined {
  const [, date = ''] = TIME.exec(text) ?? []
  const [day, time] = [Date.parse(date), Date.parse(text)]
  // Date.parse takes February 30 for March 2.
  const isTime = !Number.isNaN(day + time) && new Date(day).toISOString().startsWith(date)
  return isTime ? time : undefined
}

/** A rehearsal clock as it is written in `PROOFPOINT_REHEARSAL_CLOCK`. */
export interface Rehearsal {
  readonly factor: number
  readonly virtualAnchor: number
  readonly realAnchor: number
}

const REHEARSAL = /^(\d+(?:\.\d+)?)x@([^/]+)(?:\/(.+))?$/

/**
 * Reads `<factor>x@<virtual ISO time>[/<real ISO time>]`, for instance `60x@2026-11-22T02:00:00Z`.
 * Without a real anchor both anchors are the same instant. Undefined when the text is not of that form.
 */
export function parseRehearsal(text: string): Rehearsal | undefined {
  const [, factor, virtualText, realText = virtualText] = REHEARSAL.exec(text) ?? []
  if (factor === undefined || virtualText === undefined || realText === undefined) return undefined
  const [virtualAnchor, realAnchor] = [parseTime(virtualText), parseTime(realText)]
  if (!(Number(factor) > 0) || virtualAnchor === undefined || realAnchor === undefined) return undefined
  return { factor: Number(factor), virtualAnchor, realAnchor }
}

/** Virtual time: virtual anchor + (real now - real anchor) x factor. Sleeps are as much shorter in real time. */
export function rehearsalClock({ factor, virtualAnchor, realAnchor }: Rehearsal, base: Clock = real): Clock {
  return {
    now: () => Math.round(virtualAnchor + (base.now() - realAnchor) * factor),
    sleep: (ms, signal) => base.sleep(ms / factor, signal),
  }
}

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The begin of the UTC hour that holds `ms`. */
export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS

/** As people read the hour that begins at `ms`: `2026-11-22T02:00Z`. */
export const hourName = (ms: number): string => `${new Date(ms).toISOString().slice(0, 13)}:00Z`
