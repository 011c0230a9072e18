/** The orders for a backfill that other processes queue for a running worker. */
import { real } from '../clock.ts'
import { type Log, tellOrderFailed } from '../operations/log.ts'
import type { BackfillAnswer, BackfillOrder, BackfillOrders } from '../state/backfill-orders.ts'
import type { HourLedger } from '../state/ledger.ts'

const LOOK_EVERY_MS = 1_000
const PAUSE_AFTER_FAILURE_MS = 30_000

export interface BackfillParts {
  readonly backfills: BackfillOrders
  /** Those that are read again, by their streams' names. */
  readonly ledgers: ReadonlyMap<string, Pick<HourLedger, 'ask'>>
  readonly log: Log
}

/** Has the hours read that are asked for, until `stop`. Never rejects: what fails is told and tried again. */
export async function takeBackfills(parts: BackfillParts, stop: AbortSignal): Promise<void> {
  const { backfills, log } = parts
  while (!stop.aborted) {
    let pauseMs = LOOK_EVERY_MS
    try {
      for (let order = backfills.next(); order; order = backfills.next())
        backfills.answer(order.id, answerTo(order, parts))
    } catch (error) {
      pauseMs = PAUSE_AFTER_FAILURE_MS
      tellOrderFailed(log, 'an order for a backfill', error)
    }
    await real.sleep(pauseMs, stop)
  }
}

function answerTo({ stream, from, to }: BackfillOrder, { ledgers, log }: BackfillParts): BackfillAnswer {
  const ledger = ledgers.get(stream)
  if (!ledger) return { refused: `the running worker does not collect ${stream}` }
  const asked = ledger.ask(from, to)
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  log.info({ stream, ...span, hours: asked }, `${stream}: ${asked} hours are read again, as was asked for`)
  return { asked }
}
