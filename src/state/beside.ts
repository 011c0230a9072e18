import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { KnownError } from '../errors.ts'
import { BUSY_MS, openReadOnly, query, transaction } from './database.ts'
import { diskError } from './disk-error.ts'
import { stateFile } from './files.ts'
import { SCHEMA_VERSION } from './schema.ts'

/** The tables of orders; each has an `id`, and a `result` that is NULL until the worker has taken the order. */
type OrderTable = 'orders' | 'backfill_orders'

/** An order that was queued from beside a running worker. */
export interface Queued<Answer> {
  /** Undefined as long as no worker has taken it. */
  answer(): Answer | undefined
  close(): void
}

const KEPT_ORDERS = 100

/** Makes the function by which the only writer answers an order. Of those that are answered the last hundred are kept. */
export function answersIn<Answer>(db: DatabaseSync, table: OrderTable): (id: number, answer: Answer) => void {
  const answer = db.prepare(`UPDATE ${table} SET result = ? WHERE id = ?`)
  const prune = db.prepare(`DELETE FROM ${table} WHERE result IS NOT NULL AND id <= ?`)
  return (id, given) =>
    transaction(db, () => {
      answer.run(JSON.stringify(given), id)
      prune.run(id - KEPT_ORDERS)
    })
}

/**
 * Queues an order, its values by their columns, in the state of a running worker, which takes it within seconds; if it ends
 * before, the next one does. Outlives a power cut. Throws KnownError `state-locked` when that worker is of another version,
 * or what the disk has against it.
 */
export function queueOrder<Answer>(
  directory: string,
  table: OrderTable,
  values: Readonly<Record<string, SQLInputValue>>,
): Queued<Answer> {
  return besideWorker(directory, db => {
    const columns = Object.keys(values)
    const insert = db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    const { lastInsertRowid: id } = transaction(db, () => insert.run(...Object.values(values)), {
      powerCut: true,
    })
    const found = query<{ result: string | null }>(db, `SELECT result FROM ${table} WHERE id = ?`)
    return {
      answer() {
        const text = found.get(id)?.result
        if (text == null) return undefined
        const answer: Answer = JSON.parse(text)
        return answer
      },
      close: () => db.close(),
    }
  })
}

/** `use` owns the connection unless it throws. */
function besideWorker<T>(directory: string, use: (db: DatabaseSync) => T): T {
  const file = stateFile(directory)
  openReadOnly(file).close()
  const db = new DatabaseSync(file, { timeout: BUSY_MS })
  try {
    const { user_version: version } = query<{ user_version: number }>(db, 'PRAGMA user_version').get()!
    if (version !== SCHEMA_VERSION)
      throw new KnownError('state-locked', `${directory} is in use by a worker of another version`)
    return use(db)
  } catch (error) {
    db.close()
    throw diskError(error, file) ?? error
  }
}
