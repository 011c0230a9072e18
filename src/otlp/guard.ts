import type { Batch, Exporter, Outcome } from '../pipeline.ts'
import { reasonText } from './reason.ts'

const MOST_REFUSALS = 20

/**
 * Doubts a collector that refuses everything: after 20 refusals without one acceptance of records the set-up is to blame
 * rather than the records, so that `refused` becomes `hold` until something is accepted.
 */
export function guarded(exporter: Exporter): Exporter {
  let refusals = 0
  return {
    async export(batch, abort) {
      const outcome = await exporter.export(batch, abort)
      if (takesRecords(outcome, batch)) refusals = 0
      if (outcome.status !== 'refused') return outcome
      refusals++
      if (refusals <= MOST_REFUSALS) return outcome
      return {
        status: 'hold',
        reason: reasonText(`${refusals} refusals without one acceptance; the last: ${outcome.reason}`),
      }
    },
    close: () => exporter.close(),
  }
}

const takesRecords = (outcome: Outcome, batch: Batch): boolean =>
  (outcome.status === 'accepted' && batch.size > 0) ||
  (outcome.status === 'partial' && outcome.rejected < batch.size)
