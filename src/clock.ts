/** The only file that reads the time. Everything else is handed a clock. */
import { setTimeout as timer } from 'node:timers/promises'

/** One way of counting time. Times are milliseconds since 1970, UTC; durations are milliseconds. */
export interface Clock {
  now(): number
  /** Resolves after `ms`, or at once when `signal` is or becomes aborted: look at the signal afterwards. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** A timer of `setTimeout` holds 31 bits; longer ones would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    for (let left = Math.max(0, ms); ; left -= LONGEST_TIMER_MS) {
      await timer(Math.min(left, LONGEST_TIMER_MS), undefined, signal ? { signal } : {})
      if (left <= LONGEST_TIMER_MS) return
    }
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}

/** Real time: for what concerns this process and its peers (time-outs, backoff, pings). */
export const real: Clock = { now: () => Date.now(), sleep }

/** Milliseconds that only ever grow, for measuring durations; unrelated to the time of day. */
export const elapsed = (): number => performance.now()

/** A signal that aborts when `signal` does or after `ms` of real time, whichever comes first. */
export const deadline = (ms: number, signal?: AbortSignal): AbortSignal =>
  signal ? AbortSignal.any([signal, AbortSignal.timeout(ms)]) : AbortSignal.timeout(ms)

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
  const rehearsal = {
    factor: Number(factor),
    virtualAnchor: Date.parse(virtualText),
    realAnchor: Date.parse(realText),
  }
  const whole = rehearsal.factor > 0 && !Number.isNaN(rehearsal.virtualAnchor + rehearsal.realAnchor)
  return whole ? rehearsal : undefined
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
