/** Notices that the collector takes records, but slowly: nothing is lost, and what comes is delivered ever later. */
import { elapsed } from '../clock.ts'
import { errorTable } from '../errors.ts'
import type { Exporter } from '../pipeline.ts'
import type { Log } from './log.ts'

interface Patience {
  /** An answer that takes so long is slow. */
  readonly slowMs?: number
  /** Told when for so long all answers were slow, and hardly any time went by without one being waited for. */
  readonly afterMs?: number
  /** While it lasts it is told again, so much later. */
  readonly againMs?: number
}

const SLOW_MS = 2_000
const AFTER_MS = 60_000
const AGAIN_MS = 600_000
/** Of the time. A stream that mostly has nothing to deliver is not held up. */
const MOSTLY = 0.8

/** What was seen since answers are slow. */
interface Slowness {
  readonly since: number
  waitedMs: number
  answers: number
  answersMs: number
  records: number
}

/** The exporter of a stream, watched. What it tells of an answer includes the wait for a place among those on their way. */
export function tellingSlowness(
  stream: string,
  exporter: Exporter,
  log: Log,
  { slowMs = SLOW_MS, afterMs = AFTER_MS, againMs = AGAIN_MS }: Patience = {},
): Exporter {
  let slowness: Slowness | undefined
  let toldAt: number | undefined
  /** How many answers are waited for, and since when the time is not counted yet. */
  let waiting = 0
  let waitingSince = 0

  const count = (now: number) => {
    if (slowness && waiting > 0) slowness.waitedMs += now - Math.max(waitingSince, slowness.since)
    waitingSince = now
  }

  const slow = (began: number, now: number, records: number) => {
    slowness ??= { since: began, waitedMs: now - began, answers: 0, answersMs: 0, records: 0 }
    slowness.answers++
    slowness.answersMs += now - began
    slowness.records += records
    const ms = now - slowness.since
    if (ms < afterMs) return
    if (slowness.waitedMs >= ms * MOSTLY && (toldAt === undefined || now - toldAt >= againMs)) {
      toldAt = now
      tell(slowness, ms)
    }
    slowness = undefined
  }

  const tell = ({ answers, answersMs, records }: Slowness, ms: number) => {
    const code = 'collector-slow'
    const { waitingHelps, operator } = errorTable[code]
    const seconds = Math.round(ms / 1_000)
    const answerSeconds = Math.round(answersMs / answers / 100) / 10
    const perSecond = Math.round((records / ms) * 1_000)
    log.warn(
      { stream, code, waitingHelps, seconds, answerSeconds, perSecond },
      `${stream}: for ${seconds} s the collector's answers have taken ${answerSeconds} s, with the wait for a place among those on their way, and ${perSecond} records a second got through. Nothing is given up: the source waits. ${operator}`,
    )
  }

  const fast = () => {
    slowness = undefined
    if (toldAt === undefined) return
    toldAt = undefined
    log.info({ stream }, `${stream}: the collector answers in time again`)
  }

  return {
    async export(batch, abort) {
      const began = elapsed()
      count(began)
      waiting++
      try {
        const outcome = await exporter.export(batch, abort)
        const now = elapsed()
        count(now)
        // Any other outcome is told for itself.
        if (outcome.status !== 'accepted') slowness = undefined
        else if (now - began >= slowMs) slow(began, now, batch.size)
        else if (batch.size > 0) fast()
        return outcome
      } finally {
        waiting--
      }
    },
    close: () => exporter.close(),
  }
}
