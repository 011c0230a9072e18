/** The orders for a backfill that other processes queue for a running worker. */
import type { Log } from '../operations/log.ts'
import type { BackfillAnswer, BackfillOrder, BackfillOrders } from '../state/backfill-orders.ts'
import type { HourLedger } from '../state/ledger.ts'
import { takeQueued } from './orders.ts'

export interface BackfillParts {
  readonly backfills: BackfillOrders
  /** Those that are read again, by their streams' names. */
  readonly ledgers: ReadonlyMap<string, Pick<HourLedger, 'ask'>>
  readonly log: Log
}

/** Has the hours read that are asked for, until `stop`. Never rejects: what fails is told and tried again. */
export const takeBackfills = (parts: BackfillParts, stop: AbortSignal): Promise<void> => {
  const { backfills, log } = parts
  const execute = (order: NonNullable<ReturnType<BackfillOrders['next']>>) => {
    backfills.answer(order.id, answerTo(order, parts))
    return true
  }
  return takeQueued({ next: backfills.next, execute, what: 'an order for a backfill', log }, { stop })
}

function answerTo({ stream, from, to }: BackfillOrder, { ledgers, log }: BackfillParts): BackfillAnswer {
  const ledger = ledgers.get(stream)
  if (!ledger) return { refused: `the running worker does not collect ${stream}` }
  const asked = ledger.ask(from, to)
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  log.info({ stream, ...span, hours: asked }, `${stream}: ${asked} hours are read again, as was asked for`)
  return { asked }
}
