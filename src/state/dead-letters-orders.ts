import type { DatabaseSync } from 'node:sqlite'
import { besideWorker } from './beside.ts'
import { query, transaction } from './database.ts'

/** What an operator wants done with dead letters. */
export interface Order {
  readonly command: 'replay' | 'drop'
  /** Ids; undefined: all. */
  readonly letters: readonly number[] | undefined
  /** Letters of a greater id came after the order, and are not meant. */
  readonly upTo: number
}

/** What became of the letters of an order. */
export interface OrderResult {
  /** Delivered and removed, or dropped. */
  readonly done: number
  /** Refused again, or perhaps delivered again: kept, with the new reason. */
  readonly kept: number
  /** Not decided on: kept as they were. */
  readonly undecided: number
  /** Why letters are undecided. */
  readonly reason?: string
}

/** The orders that other processes queued for the only writer. */
export interface Orders {
  /** The oldest one that is not executed yet. */
  next(): (Order & { readonly id: number }) | undefined
  finish(id: number, result: OrderResult): void
}

/** An order queued from beside a running worker. */
export interface QueuedOrder {
  /** Undefined as long as it is not executed. */
  result(): OrderResult | undefined
  close(): void
}

interface OrderRow {
  readonly id: number
  readonly command: Order['command']
  readonly letters: string | null
  readonly upTo: number
}

const KEPT_ORDERS = 100

export function ordersIn(db: DatabaseSync): Orders {
  const oldest = query<OrderRow>(
    db,
    'SELECT id, command, letters, up_to AS upTo FROM orders WHERE result IS NULL ORDER BY id LIMIT 1',
  )
  const finish = db.prepare('UPDATE orders SET result = ? WHERE id = ?')
  const prune = db.prepare('DELETE FROM orders WHERE result IS NOT NULL AND id <= ?')
  return {
    next() {
      const row = oldest.get()
      if (!row) return undefined
      const letters: readonly number[] | undefined =
        row.letters === null ? undefined : JSON.parse(row.letters)
      return { id: row.id, command: row.command, letters, upTo: row.upTo }
    },
    finish(id, result) {
      transaction(db, () => {
        finish.run(JSON.stringify(result), id)
        prune.run(id - KEPT_ORDERS)
      })
    },
  }
}

/**
 * Queues an order in the state of a running worker, which executes it within seconds; if it ends before, the next one
 * does. Outlives a power cut. Throws as `besideWorker` does.
 */
export function queueOrder(directory: string, { command, letters, upTo }: Order): QueuedOrder {
  return besideWorker(directory, db => {
    const { lastInsertRowid: id } = transaction(
      db,
      () =>
        db
          .prepare('INSERT INTO orders (command, letters, up_to) VALUES (?, ?, ?)')
          .run(command, letters ? JSON.stringify(letters) : null, upTo),
      { powerCut: true },
    )
    const found = query<{ result: string | null }>(db, 'SELECT result FROM orders WHERE id = ?')
    return {
      result() {
        const text = found.get(id)?.result
        if (text == null) return undefined
        const result: OrderResult = JSON.parse(text)
        return result
      },
      close: () => db.close(),
    }
  })
}
