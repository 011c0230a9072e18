import type { Batch, Exporter, Outcome } from '../pipeline.ts'
import { reasonText } from './reason.ts'

const MOST_REFUSED = 20

/**
 * Doubts a collector that refuses everything: after 20 single records were refused, or found too
 * large, without one acceptance, the set-up is to
 * blame rather than the records, so that both become `hold` until something is accepted.
 */
export function guarded(exporter: Exporter): Exporter {
  let refusedRecords = 0
  return {
    async export(batch, abort) {
      const outcome = wholly(await exporter.export(batch, abort), batch)
      if (takesRecords(outcome, batch)) refusedRecords = 0
      if (outcome.status !== 'refused' && outcome.status !== 'too large') return outcome
      if (refusedRecords >= MOST_REFUSED) return held(outcome.reason)
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

/** A partial success that rejects every record of the batch is a refusal, and can be narrowed down like one. */
const wholly = (outcome: Outcome, batch: Batch): Outcome =>
  outcome.status === 'partial' && outcome.rejected >= batch.size
    ? { status: 'refused', reason: outcome.reason }
    : outcome

const takesRecords = (outcome: Outcome, batch: Batch): boolean =>
  (outcome.status === 'accepted' && batch.size > 0) || outcome.status === 'partial'
