import type { DatabaseSync } from 'node:sqlite'
import type { DeadLetter } from '../pipeline.ts'
import { query } from './database.ts'

/** A dead letter without its text. */
export interface DeadLetterEntry extends Omit<DeadLetter, 'text'> {
  /** Grows with time and is never used again. */
  readonly id: number
  readonly stream: string
  /** When it was committed, ms since 1970. */
  readonly storedAt: number
  /** Of text and reason, as UTF-8. */
  readonly bytes: number
}

export type StoredDeadLetter = DeadLetterEntry & DeadLetter

export interface DeadLetterTotal {
  readonly cause: DeadLetter['cause']
  readonly letters: number
  readonly bytes: number
}

/** The dead letters of all streams. Iterators go by id and read little at a time, so that no writer is held up. */
export interface DeadLetters {
  list(): Iterable<DeadLetterEntry>
  get(id: number): StoredDeadLetter | undefined
  /** All of them with their texts. */
  export(): Iterable<StoredDeadLetter>
  /** How many there are, and their bytes, by cause; costs nothing. */
  totals(): readonly DeadLetterTotal[]
  /** What had to make room since the first start, by cause. */
  evicted(): readonly DeadLetterTotal[]
}

const ENTRY = `dead_letters.id, streams.name AS stream, uid, kind, cause, observed_at AS observedAt,
  stored_at AS storedAt, bytes, reason`
const FROM = 'FROM dead_letters JOIN streams ON streams.id = dead_letters.stream'
const NEXT = 'WHERE dead_letters.id > ? ORDER BY dead_letters.id'

export function deadLettersIn(db: DatabaseSync): DeadLetters {
  const entries = query<DeadLetterEntry>(db, `SELECT ${ENTRY} ${FROM} ${NEXT} LIMIT 500`)
  const letters = query<StoredDeadLetter>(db, `SELECT ${ENTRY}, text ${FROM} ${NEXT} LIMIT 1`)
  const one = query<StoredDeadLetter>(db, `SELECT ${ENTRY}, text ${FROM} WHERE dead_letters.id = ?`)
  const totals = query<DeadLetterTotal>(
    db,
    'SELECT cause, letters, bytes FROM dead_letter_totals WHERE letters > 0',
  )
  const evicted = query<DeadLetterTotal>(db, 'SELECT cause, letters, bytes FROM evicted_dead_letters')
  return {
    list: () => inSteps(id => entries.all(id)),
    get: id => one.get(id),
    export: () => inSteps(id => letters.all(id)),
    totals: () => totals.all(),
    evicted: () => evicted.all(),
  }
}

function* inSteps<Row extends { readonly id: number }>(after: (id: number) => Row[]): Generator<Row> {
  for (let rows = after(0); rows.length > 0; rows = after(rows.at(-1)!.id)) yield* rows
}
