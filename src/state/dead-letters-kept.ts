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
  /** Removes letters; returns how many were there. */
  drop(ids: readonly number[]): number
  /**
   * Removes what was delivered, and counts its hours anew; gives the others their new reason. A cause only grows: what is
   * refused now counts as refused, and nothing becomes easier to evict.
   */
  judge(judgement: Judgement): void
}

export function keptDeadLettersIn(db: DatabaseSync): KeptDeadLetters {
  const remove = db.prepare('DELETE FROM dead_letters WHERE id = ?')
  const judge = db.prepare(
    "UPDATE dead_letters SET reason = ?1, bytes = ?2, cause = iif(?3 = 'refused', 'refused', cause) WHERE id = ?4",
  )
  const stream = query<{ id: number }>(db, 'SELECT id FROM streams WHERE name = ?')
  const recount = db.prepare(
    'UPDATE hours SET delivered = delivered + 1, dead_lettered = dead_lettered - 1 WHERE stream = ? AND hour = ?',
  )

  function delivered({ id, stream: name, uid, observedAt, cause }: StoredDeadLetter): void {
    if (remove.run(id).changes === 0) return
    // What was perhaps delivered counts as delivered from the beginning.
    if (cause !== 'perhaps delivered') recount.run(stream.get(name)!.id, hourOfRecord(uid, observedAt))
  }

  return {
    ...deadLettersIn(db),
    drop: ids =>
      transaction(db, () => ids.reduce((sum, id) => sum + Number(remove.run(id).changes), 0), {
        powerCut: true,
      }),
    judge: ({ delivered: gone, kept }) =>
      transaction(
        db,
        () => {
          for (const letter of gone) delivered(letter)
          for (const { letter, found } of kept)
            judge.run(found.reason, bytesOf(letter.text, found.reason), found.cause, letter.id)
        },
        { powerCut: true },
      ),
  }
}
