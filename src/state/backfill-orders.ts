import type { DatabaseSync } from 'node:sqlite'
import { answersIn, type Queued, queueOrder } from './beside.ts'
import { query } from './database.ts'

/** What an operator wants read from the archive: the hours from `from` on and before `to`, ms since 1970. */
export interface BackfillOrder {
  readonly stream: string
  readonly from: number
  readonly to: number
}

/** `asked`: how many hours the worker reads now. */
export type BackfillAnswer = { readonly asked: number } | { readonly refused: string }

/** The orders that other processes queued for the only writer. */
export interface BackfillOrders {
  /** The oldest one that is not answered yet. */
  next(): (BackfillOrder & { readonly id: number }) | undefined
  answer(id: number, answer: BackfillAnswer): void
}

export function backfillOrdersIn(db: DatabaseSync): BackfillOrders {
  const oldest = query<BackfillOrder & { id: number }>(
    db,
    `SELECT id, stream, from_hour AS "from", to_hour AS "to" FROM backfill_orders
     WHERE result IS NULL ORDER BY id LIMIT 1`,
  )
  return { next: () => oldest.get(), answer: answersIn(db, 'backfill_orders') }
}

/** Throws as `queueOrder` does. */
export const queueBackfill = (
  directory: string,
  { stream, from, to }: BackfillOrder,
): Queued<BackfillAnswer> =>
  queueOrder(directory, 'backfill_orders', { stream, from_hour: from, to_hour: to })
