import type { DatabaseSync } from 'node:sqlite'
import { type Clock, DAY_MS, HOUR_MS, hourOf } from '../clock.ts'
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
  /** Up to when all that was created is delivered by the live lane, as its pages say; null before the first. */
  readonly coveredAt: number | null
  /** The newest event that the live lane committed, but for times that nobody believes; 0 if there is none. */
  readonly newest: number
  /** When the last event that the live lane committed was received; 0 if there is none. */
  readonly receivedAt: number
  /** The last session; null for a stream without sessions. */
  readonly openedAt: number | null
  /** How far a stream that is polled has been read; null for one with sessions. */
  readonly settledAt: number | null
  /** The hour in which an open suspicion begins. */
  readonly suspectFrom: number | null
  readonly suspectReason: string | null
  readonly unsupported: string | null
}

export const STREAM_COLUMNS = `id, name, started_at AS startedAt, cursor, committed_at AS committedAt, covered_at AS coveredAt, newest,
  received_at AS receivedAt, opened_at AS openedAt, settled_at AS settledAt, suspect_from AS suspectFrom, suspect_reason AS suspectReason, unsupported`

/** An event that is further ahead of its receipt says nothing of any clock: its time is wrong. */
export const BELIEVED_MS = 7 * DAY_MS

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
    `UPDATE streams SET cursor = ?1, committed_at = ?2, newest = max(newest, ?3), received_at = iif(?4 > 0, ?4, received_at),
     covered_at = iif(?5 > 0, max(coalesce(covered_at, 0), ?5), covered_at) WHERE id = ?6`,
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
    advance(id, lane, { cursor, newest, received, covers }) {
      if (lane !== 'live') return
      const believed = newest < received + BELIEVED_MS ? newest : 0
      // What is dated ahead of its receipt was not created later.
      const covered = covers ?? Math.min(believed, received)
      update.run(JSON.stringify(cursor), clock.now(), believed, received, covered, id)
    },
  }
}
