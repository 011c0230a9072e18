import type { DatabaseSync } from 'node:sqlite'
import { answersIn, type Queued, queueOrder } from './beside.ts'
import { query } from './database.ts'

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

interface OrderRow {
  readonly id: number
  readonly command: Order['command']
  readonly letters: string | null
  readonly upTo: number
}

export function ordersIn(db: DatabaseSync): Orders {
  const oldest = query<OrderRow>(
    db,
    'SELECT id, command, letters, up_to AS upTo FROM orders WHERE result IS NULL ORDER BY id LIMIT 1',
  )
  return {
    next() {
      const row = oldest.get()
      if (!row) return undefined
      const letters: readonly number[] | undefined =
        row.letters === null ? undefined : JSON.parse(row.letters)
      return { id: row.id, command: row.command, letters, upTo: row.upTo }
    },
    finish: answersIn(db, 'orders'),
  }
}

/** Throws as `queueOrder` does. */
export const queueDeadLetterOrder = (
  directory: string,
  { command, letters, upTo }: Order,
): Queued<OrderResult> =>
  queueOrder(directory, 'orders', {
    command,
    letters: letters ? JSON.stringify(letters) : null,
    up_to: upTo,
  })
