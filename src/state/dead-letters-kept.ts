import type { DatabaseSync } from 'node:sqlite'
import type { DeadLetter } from '../pipeline.ts'
import { hourOfRecord } from '../ulid.ts'
import { query, transaction } from './database.ts'
import { type DeadLetters, deadLettersIn, type StoredDeadLetter } from './dead-letters.ts'
import { bytesOf } from './dead-letters-room.ts'

/** What a replay found out of some letters. */
export interface Judgement {
  /** Acknowledged by the collector. */
  readonly delivered: readonly StoredDeadLetter[]
  /** Not taken again, with what was found now. */
  readonly kept: readonly { readonly letter: StoredDeadLetter; readonly found: DeadLetter }[]
}

/** The dead letters as the only writer sees them. What these functions do outlives a power cut. */
export interface KeptDeadLetters extends DeadLetters {
  /**
   * Removes letters; returns how many were there. One whose event may be undelivered is counted in its hour, which is not
   * complete any more.
   */
  drop(ids: readonly number[]): number
  /**
   * Removes what was delivered, and counts its hours anew; gives the others their new reason. What is `oversize` now was
   * delivered with a cut body, and is so for good; else a cause only grows, so that nothing becomes easier to evict.
   */
  judge(judgement: Judgement): void
}

export function keptDeadLettersIn(db: DatabaseSync): KeptDeadLetters {
  const remove = db.prepare('DELETE FROM dead_letters WHERE id = ?')
  const judge = db.prepare(
    `UPDATE dead_letters SET reason = ?1, bytes = ?2,
       cause = iif(cause = 'oversize' OR ?3 = 'perhaps delivered', cause, ?3) WHERE id = ?4`,
  )
  const stream = query<{ id: number }>(db, 'SELECT id FROM streams WHERE name = ?')
  const droppable = query<Pick<DeadLetter, 'uid' | 'observedAt' | 'cause'> & { stream: number }>(
    db,
    'SELECT stream, uid, observed_at AS observedAt, cause FROM dead_letters WHERE id = ?',
  )
  const countDropped = db.prepare(
    `INSERT INTO hours (stream, hour, dropped) VALUES (?, ?, 1) ON CONFLICT (stream, hour)
     DO UPDATE SET dropped = dropped + 1`,
  )
  const recount = db.prepare(
    'UPDATE hours SET delivered = delivered + 1, dead_lettered = dead_lettered - 1 WHERE stream = ? AND hour = ?',
  )

  /** The others count as delivered from the beginning. */
  function countDelivered({ stream: name, uid, observedAt, cause }: StoredDeadLetter): void {
    if (cause === 'refused') recount.run(stream.get(name)!.id, hourOfRecord(uid, observedAt))
  }

  function dropOne(id: number): number {
    const letter = droppable.get(id)
    if (!letter) return 0
    remove.run(id)
    const { stream, uid, observedAt, cause } = letter
    if (cause !== 'oversize') countDropped.run(stream, hourOfRecord(uid, observedAt))
    return 1
  }

  return {
    ...deadLettersIn(db),
    drop: ids =>
      transaction(db, () => ids.reduce((sum, id) => sum + dropOne(id), 0), {
        powerCut: true,
      }),
    judge: ({ delivered: gone, kept }) =>
      transaction(
        db,
        () => {
          for (const letter of gone) if (remove.run(letter.id).changes > 0) countDelivered(letter)
          for (const { letter, found } of kept) {
            const { changes } = judge.run(
              found.reason,
              bytesOf(letter.text, found.reason),
              found.cause,
              letter.id,
            )
            if (changes > 0 && found.cause === 'oversize') countDelivered(letter)
          }
        },
        { powerCut: true },
      ),
  }
}
