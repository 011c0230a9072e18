import type { Batch, Exporter, Outcome } from '../pipeline.ts'
import { reasonText } from './reason.ts'

const MOST_REFUSED = 20

/**
 * Doubts a collector that refuses everything. After 20 single records were refused, or found too large, without one
 * acceptance, a record that it took before is sent again, in place of the empty request that asks about the next one. While
 * that is taken the records are to blame. Otherwise, or when there is no such record, the set-up is: refusals become `hold`
 * until something is accepted.
 */
export function guarded(exporter: Exporter): Exporter {
  let refusedRecords = 0
  let isHeld = false
  let witness: Batch | undefined

  async function send(batch: Batch, abort: AbortSignal): Promise<Outcome> {
    const outcome = wholly(await exporter.export(batch, abort), batch)
    if (takesRecords(outcome, batch)) {
      refusedRecords = 0
      isHeld = false
    }
    return outcome
  }

  /** Whether the collector still takes what it took before. */
  async function question(known: Batch, abort: AbortSignal): Promise<Outcome> {
    const outcome = await send(known, abort)
    if (!isRefusal(outcome)) return outcome
    isHeld = true
    return held(outcome.reason)
  }

  return {
    async export(batch, abort) {
      if (batch.size === 0 && witness && refusedRecords > MOST_REFUSED) return question(witness, abort)
      const outcome = await send(batch, abort)
      if (outcome.status === 'accepted') witness = batch.sample?.() ?? witness
      if (!isRefusal(outcome)) return outcome
      if (!witness && refusedRecords >= MOST_REFUSED) return held(outcome.reason)
      if (witness && isHeld) {
        const answer = await question(witness, abort)
        // What was refused while the set-up was wrong may be taken now.
        return takesRecords(answer, witness) ? held(outcome.reason) : answer
      }
      // A larger batch is refused for any bad record in it, so it says nothing of the collector.
      if (batch.size === 1) refusedRecords++
      return outcome
    },
    close: () => exporter.close(),
  }
}

const held = (reason: string): Outcome => ({
  status: 'hold',
  reason: reasonText(`${MOST_REFUSED} records were refused without one acceptance; the last: ${reason}`),
})

const isRefusal = (outcome: Outcome): outcome is Extract<Outcome, { status: 'refused' | 'too large' }> =>
  outcome.status === 'refused' || outcome.status === 'too large'

/** A partial success that rejects every record of the batch is a refusal, and can be narrowed down like one. */
const wholly = (outcome: Outcome, batch: Batch): Outcome =>
  outcome.status === 'partial' && outcome.rejected >= batch.size
    ? { status: 'refused', reason: outcome.reason }
    : outcome

const takesRecords = (outcome: Outcome, batch: Batch): boolean =>
  (outcome.status === 'accepted' && batch.size > 0) || outcome.status === 'partial'
