import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import type { Cursor } from '../pipeline.ts'
import { query } from './database.ts'

interface StreamRow {
  readonly id: number
  readonly name: string
  readonly started_at: number
  readonly cursor: string | null
}

export interface Streams {
  find(name: string): StreamRow | undefined
  /** The stream's row, made when it is new. Runs inside the caller's transaction. */
  ensure(name: string): StreamRow
  /** Moves the cursor. Runs inside the caller's transaction. */
  advance(id: number, cursor: Cursor, alreadyDelivered: number): void
}

export function streamsIn(db: DatabaseSync, clock: Clock): Streams {
  const select = query<StreamRow>(db, 'SELECT id, name, started_at, cursor FROM streams WHERE name = ?')
  const insert = db.prepare('INSERT INTO streams (name, started_at) VALUES (?, ?)')
  const update = db.prepare(
    'UPDATE streams SET cursor = ?, committed_at = ?, already_delivered = already_delivered + ? WHERE id = ?',
  )
  return {
    find: name => select.get(name),
    ensure(name) {
      const known = select.get(name)
      if (known) return known
      insert.run(name, clock.now())
      return select.get(name)!
    },
    advance(id, cursor, alreadyDelivered) {
      update.run(JSON.stringify(cursor), clock.now(), alreadyDelivered, id)
    },
  }
}
