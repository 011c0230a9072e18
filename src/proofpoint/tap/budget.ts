/** Keeps the requests within TAP's quota of a rolling 24 hours, also when others use the same credential. */
import { type Clock, DAY_MS, HOUR_MS } from '../../clock.ts'
import { KnownError } from '../../errors.ts'

/** What a request is made for: to poll, to read an hour again, or to read one that was asked for by hand. */
export type Purpose = 'live' | 'repair' | 'backfill'

/** The requests that were made, as the state remembers them. */
export interface Budget {
  /** Stores that a request is about to be made. */
  spend(purpose: Purpose): void
  /** How many were made since `ms` (since 1970). */
  spentSince(ms: number): Readonly<Record<Purpose, number>>
}

export interface Quota {
  /** Of 24 hours. */
  readonly dailyRequests: number
  /** The part of it that is for backfill alone, 0 to 1; one request at least. */
  readonly backfillShare: number
}

export interface Governor {
  /**
   * Waits until a request of this purpose is due, and counts it. False when `stop` ended the wait: make none.
   * Throws `tap-quota` when the last 24 hours leave none for a poll; the other purposes wait.
   */
  take(purpose: Purpose, stop: AbortSignal): Promise<boolean>
  /** TAP said that the quota is met, which goes before our count. How long nobody asks now, in virtual ms. */
  refused(): number
  /** A request was answered: the quota is not met. */
  answered(): void
}

/** From here on polls are spread evenly: the share that is used of what polls and repairs have. */
const SPREAD_FROM = 0.5
/** Repairs get that much of it at most: of the default quota 162, nearly all hours that TAP keeps, in a day. */
const REPAIRS_AT_MOST = 0.1
/** When no more than that is left, repairs stand back. */
const SCARCE = 0.05
/** TAP says nothing of when the quota is free again; a quarter of an hour gives some of the oldest requests back. */
const FIRST_PAUSE_MS = HOUR_MS / 4
const LONGEST_PAUSE_MS = 2 * HOUR_MS
/** After a refusal polls try first: what was asked for by hand or is read again would take what they need. */
const OTHERS_WAIT_MS = HOUR_MS
/** One an hour: so many requests a day repairs get even then. */
const REPAIRS_ASSURED = 24
/** How often those look again that wait for old requests to fall out of the 24 hours, which are counted by the minute. */
const LOOK_AGAIN_MS = 60_000

/**
 * `clock`: virtual, as the quota is Proofpoint's. Backfill has its share and no more, and nothing else takes of it: so
 * neither can starve the other. Polls and repairs share the rest: polls are slowed down long before it is used up.
 */
export function governor(clock: Clock, budget: Budget, { dailyRequests, backfillShare }: Quota): Governor {
  const forBackfill = Math.max(1, Math.floor(dailyRequests * backfillShare))
  const forOthers = dailyRequests - forBackfill
  let pauseMs = 0
  let refusedAt = Number.NEGATIVE_INFINITY
  let refusals = 0
  let lastPollAt = Number.NEGATIVE_INFINITY

  /** How long ago that was; for ever, if the clock was set back since. */
  function since(at: number): number {
    const now = clock.now()
    return at > now ? Number.POSITIVE_INFINITY : now - at
  }

  /** How long the purpose has to wait as things stand; 0: a request is due. */
  function waitMs(purpose: Purpose): number {
    const pause = pauseMs + (purpose === 'live' ? 0 : OTHERS_WAIT_MS) - since(refusedAt)
    if (pause > 0) return pause
    const spent = budget.spentSince(clock.now() - DAY_MS)
    if (purpose === 'backfill') return spent.backfill < forBackfill ? 0 : LOOK_AGAIN_MS
    const left = forOthers - spent.live - spent.repair
    if (left <= 0 && purpose === 'live')
      throw new KnownError(
        'tap-quota',
        `all ${forOthers} requests of the last 24 hours are made (${spent.live} polls, ${spent.repair} to read hours again)`,
        { afterMs: FIRST_PAUSE_MS },
      )
    if (purpose === 'live') {
      const isSpread = left < forOthers * SPREAD_FROM
      return isSpread ? Math.max(0, Math.ceil(spacingMs() - since(lastPollAt))) : 0
    }
    const most = left > forOthers * SCARCE ? forOthers * REPAIRS_AT_MOST : 0
    return left > 0 && spent.repair < Math.max(REPAIRS_ASSURED, most) ? 0 : LOOK_AGAIN_MS
  }

  /**
   * Between two polls, so that over no number of hours to come more are made than are left or have fallen out of the 24
   * hours by then: the widest of those spacings. What falls out within an hour is counted at its end.
   */
  function spacingMs(): number {
    let widest = 0
    for (let horizon = HOUR_MS; horizon <= DAY_MS + HOUR_MS; horizon += HOUR_MS) {
      const { live, repair } = budget.spentSince(clock.now() - (DAY_MS + HOUR_MS - horizon))
      widest = Math.max(widest, horizon / Math.max(1, forOthers - live - repair))
    }
    return widest
  }

  return {
    async take(purpose, stop) {
      for (let wait = 0; !stop.aborted; await clock.sleep(wait, stop)) {
        wait = waitMs(purpose)
        if (wait > 0) continue
        budget.spend(purpose)
        if (purpose === 'live') lastPollAt = clock.now()
        return true
      }
      return false
    },
    refused() {
      pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** refusals)
      refusals++
      refusedAt = clock.now()
      return pauseMs
    },
    answered() {
      refusals = 0
    },
  }
}
