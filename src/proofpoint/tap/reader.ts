/** The one way to TAP of all that read with one credential: what is learned of the server on it is known to all. */
import type { Clock } from '../../clock.ts'
import { KnownError } from '../../errors.ts'
import type { Page, RawEvent } from '../../pipeline.ts'
import { type Budget, governor, type Purpose, type Quota } from './budget.ts'
import { type AnswerEnd, answerPages } from './pages.ts'
import { type Answer, ask, type TapAccount } from './request.ts'
import { RETENTION_MS, timeOfEnd, type Window } from './window.ts'

export interface TapReaderOptions extends TapAccount, Quota {
  /** Virtual. */
  readonly clock: Clock
  readonly budget: Budget
  /** Of a page of an answer; `answerPages` has a default. */
  readonly pageBytes?: number
  /** Told when the server's clock is over five minutes ahead of ours (ms), or behind (negative), and when that changes. */
  readonly onSkew: (aheadMs: number) => void
}

/** An answer and its times. */
export interface Answered<A extends Answer = Answer> {
  readonly answer: A
  readonly window: Window
  /** When it was asked for, by the server's time and by ours. */
  readonly askedAt: number
  readonly sentAt: number
  /** Our time. */
  readonly answeredAt: number
}

/** The answer to a window that TAP took. */
export type Taken = Exclude<Answer, { status: 400 }>

export interface TapReader {
  /** The server's time, as far as the `Date` of its answers told it; ours, without one. */
  serverNow(): number
  /**
   * Our time or the server's, whichever is earlier: by it nothing that is young looks old. An answer that ends before its
   * window does may end at the server's present, and counts as that until TAP serves more.
   */
  readonly earlier: Clock
  /** What the earlier clock said when ours said `ms`, as far as is known now. */
  earlierAt(ms: number): number
  /**
   * Asks once, when the quota allows a request of that purpose. Undefined when `stop` came first. Throws `tap-*` and
   * network errors; `tap-quota` says how long to wait.
   */
  ask(window: Window, purpose: Purpose, stop: AbortSignal): Promise<Answered | undefined>
  /** Yields the full pages of an answer, as `pageOf` makes them, and returns the rest. Throws as `answerPages` does. */
  pages(
    answered: Answered<Taken>,
    pageOf: (events: readonly RawEvent[]) => Page,
  ): AsyncGenerator<Page, AnswerEnd>
}

const LARGE_SKEW_MS = 5 * 60_000

export function tapReader(options: TapReaderOptions): TapReader {
  const { clock } = options
  const turns = governor(clock, options.budget, options)
  /** The server's time minus ours. */
  let skewMs = 0
  /** The same, at most, as the last answer tells that ended early. */
  let endSkewMs = Number.POSITIVE_INFINITY
  let servedTo = Number.NEGATIVE_INFINITY
  let toldSkewMs = 0

  function tellSkew(): void {
    const skew = Math.min(skewMs, endSkewMs)
    const isLarge = Math.abs(skew) > LARGE_SKEW_MS
    if (isLarge && Math.abs(skew - toldSkewMs) > LARGE_SKEW_MS) options.onSkew(skew)
    toldSkewMs = isLarge ? skew : 0
  }

  /** An end before what TAP has served already is not its present: the answer was shortened. */
  function ended({ window, answeredAt }: Answered, queryEndTime: string | undefined): void {
    const end = timeOfEnd(queryEndTime)
    if (end === undefined || Math.abs(end - window.to) > RETENTION_MS) return
    if (end < window.to) {
      if (end >= servedTo) endSkewMs = end - answeredAt
    } else if (end > answeredAt + endSkewMs) endSkewMs = Number.POSITIVE_INFINITY
    servedTo = Math.max(servedTo, Math.min(end, window.to))
    tellSkew()
  }

  async function asked(window: Window, stop: AbortSignal): Promise<Answer> {
    try {
      const answer = await ask(options, window, stop)
      turns.answered()
      return answer
    } catch (error) {
      if (!(error instanceof KnownError) || error.code !== 'tap-quota') throw error
      throw new KnownError('tap-quota', error.message, { cause: error, afterMs: turns.refused() })
    }
  }

  const serverNow = () => clock.now() + skewMs
  const earlierAt = (ms: number) => ms + Math.min(0, skewMs, endSkewMs)

  return {
    serverNow,
    earlier: { now: () => earlierAt(clock.now()), sleep: clock.sleep },
    earlierAt,
    async ask(window, purpose, stop) {
      if (!(await turns.take(purpose, stop))) return undefined
      const sentAt = clock.now()
      const answer = await asked(window, stop)
      const answeredAt = clock.now()
      skewMs = answer.serverTime === undefined ? 0 : answer.serverTime - answeredAt
      tellSkew()
      return { answer, window, sentAt, answeredAt, askedAt: sentAt + skewMs }
    },
    async *pages(answered, pageOf) {
      const { answer, answeredAt } = answered
      if (answer.status === 204) return { events: [], queryEndTime: undefined }
      const rest = yield* answerPages(answer.body, answeredAt, pageOf, options.pageBytes)
      ended(answered, rest.queryEndTime)
      return rest
    },
  }
}

/** Whether TAP could not manage so long a window, perhaps; it advises smaller ones then. */
export const isTooMuch = (error: unknown): error is KnownError =>
  error instanceof KnownError && (error.code === 'tap-unavailable' || error.code === 'connect-timeout')
