import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import { KnownError } from '../errors.ts'
import type { DeadLetter } from '../pipeline.ts'
import { hourOfRecord } from '../ulid.ts'
import { query } from './database.ts'
import type { DeadLetterTotal } from './dead-letters.ts'

/** How much may be kept, and what happens when that is not enough. */
export interface DeadLetterRoom {
  /** Of texts and reasons of all streams, as UTF-8. */
  readonly bytes: number
  /** What makes room for a refused letter when only refused ones are left: the operator, or the oldest of them. */
  readonly policy: 'hold' | 'oldest-out'
  /** Letters had to make room: said after each commit that evicted some, by cause. */
  onEvicted(evicted: readonly DeadLetterTotal[]): void
}

const EVICTED_AT_ONCE = 100

interface Candidate extends Pick<DeadLetter, 'uid' | 'observedAt' | 'cause'> {
  readonly id: number
  readonly stream: number
  readonly bytes: number
}

/**
 * Makes the function that stores a stream's dead letters and keeps all of them within the room. Those that were perhaps
 * delivered, and oversize originals, make room first, oldest first; a refused one only by the policy `oldest-out`. The
 * refused letters of one call are always taken when no other refused one is there: no room is too small to go on. An
 * evicted letter whose event may be undelivered is counted in its hour, which is not complete any more.
 * Runs inside the caller's transaction; returns what tells of the evicted, to be called once that is committed.
 * Throws KnownError `dead-letters-full` where the policy is to hold.
 */
export function deadLetterStore(
  db: DatabaseSync,
  clock: Clock,
  { bytes: limit, policy, onEvicted }: DeadLetterRoom,
): (streamId: number, letters: readonly DeadLetter[]) => () => void {
  const insert = db.prepare(
    `INSERT INTO dead_letters (stream, uid, kind, cause, observed_at, stored_at, reason, text, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const last = query<{ id: number }>(db, 'SELECT coalesce(max(id), 0) AS id FROM dead_letters')
  const used = query<{ bytes: number }>(db, 'SELECT coalesce(sum(bytes), 0) AS bytes FROM dead_letter_totals')
  const oldest = query<Candidate>(
    db,
    `SELECT id, stream, uid, observed_at AS observedAt, cause, bytes FROM dead_letters
     WHERE (cause = 'refused') = ? AND id <= ? ORDER BY id LIMIT ${EVICTED_AT_ONCE}`,
  )
  const remove = db.prepare('DELETE FROM dead_letters WHERE id = ?')
  const count = db.prepare(
    `INSERT INTO evicted_dead_letters VALUES (?, 1, ?) ON CONFLICT (cause)
     DO UPDATE SET letters = letters + 1, bytes = bytes + excluded.bytes`,
  )
  const countInHour = db.prepare(
    `INSERT INTO hours (stream, hour, evicted) VALUES (?, ?, 1) ON CONFLICT (stream, hour)
     DO UPDATE SET evicted = evicted + 1`,
  )

  function evictOne({ id, stream, uid, observedAt, cause, bytes }: Candidate): void {
    remove.run(id)
    count.run(cause, bytes)
    if (cause !== 'oversize') countInHour.run(stream, hourOfRecord(uid, observedAt))
  }

  /** Evicts the oldest letters up to an id until `excess` bytes are free; returns those that went. */
  function evict(refused: boolean, upTo: number, excess: number): Candidate[] {
    const gone: Candidate[] = []
    let left = excess
    while (left > 0) {
      const candidates = oldest.all(refused ? 1 : 0, upTo)
      if (candidates.length === 0) break
      for (const candidate of candidates) {
        if (left <= 0) break
        evictOne(candidate)
        gone.push(candidate)
        left -= candidate.bytes
      }
    }
    return gone
  }

  return (streamId, letters) => {
    if (letters.length === 0) return () => {}
    const before = last.get()!.id
    for (const { uid, kind, cause, observedAt, reason, text } of letters) {
      const bytes = bytesOf(text, reason)
      insert.run(streamId, uid, kind, cause, observedAt, clock.now(), reason, text, bytes)
    }
    const evicted = evict(false, Number.MAX_SAFE_INTEGER, used.get()!.bytes - limit)
    const excess = used.get()!.bytes - limit
    const brings = letters.some(letter => letter.cause === 'refused')
    if (excess > 0 && brings && oldest.get(1, before)) {
      if (policy === 'hold') {
        throw new KnownError(
          'dead-letters-full',
          `the room of ${limit} bytes for dead letters is full of refused ones`,
        )
      }
      evicted.push(...evict(true, before, excess))
    }
    return () => {
      if (evicted.length > 0) onEvicted(byCause(evicted))
    }
  }
}

/** What a letter takes of the room. */
export const bytesOf = (text: string, reason: string): number =>
  Buffer.byteLength(text) + Buffer.byteLength(reason)

const byCause = (evicted: readonly Candidate[]): DeadLetterTotal[] =>
  [...Map.groupBy(evicted, letter => letter.cause)].map(([cause, letters]) => ({
    cause,
    letters: letters.length,
    bytes: letters.reduce((sum, { bytes }) => sum + bytes, 0),
  }))
