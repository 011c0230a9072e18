/** Keeps the requests within TAP's quota of a rolling 24 hours, also when others use the same credential. */
import { type Clock, DAY_MS, HOUR_MS } from '../../clock.ts'
import { KnownError } from '../../errors.ts'

/** The requests that were made, as the state remembers them. */
export interface Budget {
  /** Stores that a request is about to be made. */
  spend(): void
  /** How many were made since `ms` (since 1970). */
  spentSince(ms: number): number
}

export interface Governor {
  /**
   * Waits until a request is due and counts it. False when `stop` ended the wait: make none.
   * Throws `tap-quota` when the last 24 hours leave none.
   */
  take(stop: AbortSignal): Promise<boolean>
  /** The quota was met, by our count or by TAP's. How long to wait now, in virtual ms: longer each time in a row. */
  refused(): number
  /** A request was answered: the quota is not met. */
  answered(): void
}

/** The last tenth of the quota is stretched over the time it has to last. */
const RESERVE = 0.1
/** TAP says nothing of when the quota is free again; a quarter of an hour gives some of the oldest requests back. */
const FIRST_PAUSE_MS = HOUR_MS / 4
const LONGEST_PAUSE_MS = 2 * HOUR_MS

/** `clock`: virtual, as the quota is Proofpoint's. `dailyRequests`: the quota of 24 hours. */
export function governor(clock: Clock, budget: Budget, dailyRequests: number): Governor {
  let lastPauseMs = 0

  async function take(stop: AbortSignal): Promise<boolean> {
    const left = dailyRequests - budget.spentSince(clock.now() - DAY_MS)
    if (left <= 0)
      throw new KnownError('tap-quota', `all ${dailyRequests} requests of the last 24 hours are made`)
    if (left <= dailyRequests * RESERVE) await clock.sleep((DAY_MS * RESERVE) / left, stop)
    if (stop.aborted) return false
    budget.spend()
    return true
  }

  return {
    take,
    refused() {
      lastPauseMs = Math.min(LONGEST_PAUSE_MS, lastPauseMs * 2 || FIRST_PAUSE_MS)
      return lastPauseMs
    },
    answered() {
      lastPauseMs = 0
    },
  }
}
