import type { DatabaseSync } from 'node:sqlite'
import { type Clock, HOUR_MS } from '../clock.ts'
import { query } from './database.ts'
import { type CompleteRead, spentReads } from './judge.ts'
import type { ReadEnd, ReadId } from './ledger.ts'

/** The reads of hours from the archive. Each runs inside the caller's transaction. */
export interface Reads {
  begin(streamId: number, hour: number): ReadId
  /** Adds the digests of what one page of the read held. */
  add(id: ReadId, digests: Buffer): void
  /** Ends it; returns its hour. A broken read proves nothing, and a spent one nothing more: what they held is forgotten. */
  end(id: ReadId, end: ReadEnd): number
  /** Ends those that the run before left open. */
  breakOpen(): void
  /** Reads of the hour that ended in any way. */
  tries(streamId: number, hour: number): number
  /** Complete ones that are not spent, oldest first. */
  complete(streamId: number, hour: number): CompleteRead[]
  /** What those of the hours before and after held. */
  neighbours(streamId: number, hour: number): Buffer[]
}

export function readsIn(db: DatabaseSync, clock: Clock): Reads {
  const insert = db.prepare('INSERT INTO reads (stream, hour, begun_at) VALUES (?, ?, ?)')
  const add = db.prepare('INSERT INTO read_uids SELECT id, ? FROM reads WHERE id = ? AND ended IS NULL')
  const update = db.prepare('UPDATE reads SET ended = ?, ended_at = ? WHERE id = ? AND ended IS NULL')
  const forgetBroken = db.prepare(
    "DELETE FROM read_uids WHERE read IN (SELECT id FROM reads WHERE ended = 'broken')",
  )
  const breakOpen = db.prepare("UPDATE reads SET ended = 'broken', ended_at = ? WHERE ended IS NULL")
  const ofRead = query<{ stream: number; hour: number }>(db, 'SELECT stream, hour FROM reads WHERE id = ?')
  const tries = query<{ tries: number }>(
    db,
    'SELECT count(*) AS tries FROM reads WHERE stream = ? AND hour = ? AND ended IS NOT NULL',
  )
  const complete = query<{ id: number; begunAt: number; endedAt: number }>(
    db,
    `SELECT id, begun_at AS begunAt, ended_at AS endedAt FROM reads
     WHERE stream = ? AND hour = ? AND ended = 'complete' AND spent = 0 ORDER BY id`,
  )
  const spend = db.prepare('UPDATE reads SET spent = 1 WHERE id = ?')
  const forget = db.prepare('DELETE FROM read_uids WHERE read = ?')
  const blobs = query<{ digests: Uint8Array }>(db, 'SELECT digests FROM read_uids WHERE read = ?')

  const completeReads = (streamId: number, hour: number): CompleteRead[] =>
    complete.all(streamId, hour).map(({ id, begunAt, endedAt }) => ({
      begunAt,
      endedAt,
      uids: Buffer.concat(blobs.all(id).map(row => row.digests)),
    }))
  return {
    begin: (streamId, hour) => Number(insert.run(streamId, hour, clock.now()).lastInsertRowid),
    add: (id, digests) => void add.run(digests, id),
    end(id, end) {
      update.run(end, clock.now(), id)
      if (end === 'broken') forgetBroken.run()
      const { stream, hour } = ofRead.get(id)!
      for (const spent of spentReads(complete.all(stream, hour))) {
        spend.run(spent.id)
        forget.run(spent.id)
      }
      return hour
    },
    breakOpen() {
      breakOpen.run(clock.now())
      forgetBroken.run()
    },
    tries: (streamId, hour) => tries.get(streamId, hour)!.tries,
    complete: completeReads,
    neighbours: (streamId, hour) =>
      [hour - HOUR_MS, hour + HOUR_MS].flatMap(other =>
        completeReads(streamId, other).map(read => read.uids),
      ),
  }
}
