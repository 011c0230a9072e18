/** Suspicions: since when received frames may be missing, and which hours that concerns. */
import type { DatabaseSync } from 'node:sqlite'
import { type Clock, DAY_MS, HOUR_MS, hourOf } from '../clock.ts'
import { query } from './database.ts'
import type { StreamRow } from './streams.ts'

const KEPT_DAYS = 30
const GREATEST_MARGIN_MS = 24 * HOUR_MS

/** Each runs inside the caller's transaction. */
export interface Suspicions {
  /** How late events of the stream may come, ms: the greatest lateness seen in 30 days, an hour at least, a day at most. */
  margin(streamId: number): number
  /** Notes how late an event of the live lane came, ms. */
  cameLate(streamId: number, ms: number): void
  /** The hour in which a suspicion begins that is raised now. */
  begin(stream: StreamRow): number
  /** Opens a suspicion, or widens the one that is open, because of a fault: what is missing then, a borrow need not explain. */
  open(stream: StreamRow, reason: string): void
  /** The same, because the archive is read with the live token. */
  openForBorrow(stream: StreamRow, reason: string): void
}

export function suspicionsIn(db: DatabaseSync, clock: Pick<Clock, 'now'>): Suspicions {
  const today = (): number => Math.floor(clock.now() / DAY_MS)
  const greatest = query<{ ms: number }>(
    db,
    'SELECT coalesce(max(ms), 0) AS ms FROM lateness WHERE stream = ? AND day > ?',
  )
  const note = db.prepare(
    'INSERT INTO lateness VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ms = excluded.ms WHERE excluded.ms > ms',
  )
  const widen = db.prepare(
    `UPDATE streams SET suspect_reason = coalesce(suspect_reason, ?2),
     suspect_from = min(coalesce(suspect_from, ?1), ?1) WHERE id = ?3`,
  )
  const blur = db.prepare(
    'UPDATE borrows SET blurred = 1 WHERE stream = ? AND coalesce(ended_at, began_at) >= ?',
  )
  function margin(streamId: number): number {
    const { ms } = greatest.get(streamId, today() - KEPT_DAYS)!
    return Math.min(GREATEST_MARGIN_MS, Math.max(HOUR_MS, ms))
  }
  function begin({ id, startedAt, committedAt, newest, receivedAt }: StreamRow): number {
    const lastCommit = committedAt ?? startedAt
    // What was received long before its commit says nothing of what was received since; what is 0 is not there.
    const certain = Math.min(lastCommit, newest || lastCommit, receivedAt || lastCommit)
    return Math.max(hourOf(startedAt), hourOf(certain - margin(id)))
  }
  return {
    margin,
    begin,
    cameLate(streamId, ms) {
      if (ms > HOUR_MS) note.run(streamId, today(), ms)
    },
    open(stream, reason) {
      const from = begin(stream)
      widen.run(from, reason, stream.id)
      blur.run(stream.id, from)
    },
    openForBorrow: (stream, reason) => void widen.run(begin(stream), reason, stream.id),
  }
}
