import type { DatabaseSync } from 'node:sqlite'
import { type Clock, HOUR_MS, hourOf } from '../clock.ts'
import type { Receipt, StreamLane } from '../pipeline.ts'
import { query } from './database.ts'
import { lastUnreadableIn } from './runs.ts'

/** Times are ms since 1970. */
export interface StreamRow {
  readonly id: number
  readonly name: string
  readonly startedAt: number
  readonly cursor: string | null
  /** The last commit of the live lane. */
  readonly committedAt: number | null
  /** The newest event that the live lane committed; 0 if there is none. */
  readonly newest: number
  /** The last session; null for a stream without sessions. */
  readonly openedAt: number | null
  /** How far a stream that is polled has been read; null for one with sessions. */
  readonly settledAt: number | null
  /** The hour in which an open suspicion begins. */
  readonly suspectFrom: number | null
  readonly suspectReason: string | null
  readonly unsupported: string | null
}

export const STREAM_COLUMNS = `id, name, started_at AS startedAt, cursor, committed_at AS committedAt, newest,
  opened_at AS openedAt, settled_at AS settledAt, suspect_from AS suspectFrom, suspect_reason AS suspectReason, unsupported`

export interface Streams {
  find(name: string): StreamRow | undefined
  all(): readonly StreamRow[]
  /** The stream's row, made when it is new: it begins at `begin`, ms. Runs inside the caller's transaction. */
  ensure(name: string, begin?: number): StreamRow
  /** Moves the cursor, which only the live lane may. Runs inside the caller's transaction. */
  advance(id: number, lane: StreamLane['lane'], receipt: Receipt): void
}

/**
 * Of a stream that was first seen after its state was set aside, the hour before that file's last change is where it
 * begins, and all since is suspect.
 */
export function streamsIn(db: DatabaseSync, clock: Clock): Streams {
  const select = query<StreamRow>(db, `SELECT ${STREAM_COLUMNS} FROM streams WHERE name = ?`)
  const all = query<StreamRow>(db, `SELECT ${STREAM_COLUMNS} FROM streams ORDER BY name`)
  const insert = db.prepare(
    'INSERT INTO streams (name, started_at, suspect_from, suspect_reason) VALUES (?, ?, ?, ?)',
  )
  const update = db.prepare(
    'UPDATE streams SET cursor = ?, committed_at = ?, newest = max(newest, ?) WHERE id = ?',
  )
  const lastUnreadable = lastUnreadableIn(db)
  return {
    find: name => select.get(name),
    all: () => all.all(),
    ensure(name, begin = clock.now()) {
      const known = select.get(name)
      if (known) return known
      const changedAt = lastUnreadable()
      if (changedAt === undefined) insert.run(name, begin, null, null)
      else {
        const from = Math.min(clock.now(), changedAt) - HOUR_MS
        insert.run(name, from, hourOf(from), 'the state before was damaged and set aside')
      }
      return select.get(name)!
    },
    advance(id, lane, { cursor, newest }) {
      if (lane === 'live') update.run(JSON.stringify(cursor), clock.now(), newest, id)
    },
  }
}
