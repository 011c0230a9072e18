import type { DatabaseSync } from 'node:sqlite'
import { besideWorker } from './beside.ts'
import { query, transaction } from './database.ts'

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

export interface QueuedBackfill {
  /** Undefined as long as no worker has taken the order. */
  answer(): BackfillAnswer | undefined
  close(): void
}

const KEPT_ORDERS = 100

export function backfillOrdersIn(db: DatabaseSync): BackfillOrders {
  const oldest = query<BackfillOrder & { id: number }>(
    db,
    `SELECT id, stream, from_hour AS "from", to_hour AS "to" FROM backfill_orders
     WHERE result IS NULL ORDER BY id LIMIT 1`,
  )
  const answer = db.prepare('UPDATE backfill_orders SET result = ? WHERE id = ?')
  const prune = db.prepare('DELETE FROM backfill_orders WHERE result IS NOT NULL AND id <= ?')
  return {
    next: () => oldest.get(),
    answer(id, given) {
      transaction(db, () => {
        answer.run(JSON.stringify(given), id)
        prune.run(id - KEPT_ORDERS)
      })
    },
  }
}

/**
 * Queues an order in the state of a running worker, which takes it within seconds; if it ends before, the next one does.
 * Outlives a power cut. Throws as `besideWorker` does.
 */
export function queueBackfill(directory: string, { stream, from, to }: BackfillOrder): QueuedBackfill {
  return besideWorker(directory, db => {
    const { lastInsertRowid: id } = transaction(
      db,
      () =>
        db
          .prepare('INSERT INTO backfill_orders (stream, from_hour, to_hour) VALUES (?, ?, ?)')
          .run(stream, from, to),
      { powerCut: true },
    )
    const found = query<{ result: string | null }>(db, 'SELECT result FROM backfill_orders WHERE id = ?')
    return {
      answer() {
        const text = found.get(id)?.result
        if (text == null) return undefined
        const answer: BackfillAnswer = JSON.parse(text)
        return answer
      },
      close: () => db.close(),
    }
  })
}
