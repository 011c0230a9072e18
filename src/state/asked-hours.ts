/** Hours that are read because somebody asked for them. */
import type { DatabaseSync } from 'node:sqlite'
import { type Clock, HOUR_MS, hourOf } from '../clock.ts'
import { query } from './database.ts'
import { oldestKept } from './due-hours.ts'
import { askingFor, HOUR_COLUMNS, type HourRow } from './hours.ts'
import type { Archive } from './ledger.ts'
import type { StreamRow } from './streams.ts'
import type { Suspicions } from './suspicion.ts'

/** Each runs inside the caller's transaction. */
export interface AskedHours {
  /** Asks for the hours that touch the span (ms since 1970), and returns how many there is something to bring of. */
  ask(stream: StreamRow, archive: Archive, from: number, to: number): number
  /** Has them read even if nothing is to be repaired, and whatever is known of them. */
  insist(stream: StreamRow, from: number, to: number): void
  /** Those that the archive has dropped are not waited for any more. */
  giveUp(stream: StreamRow, upTo: number): void
}

export function askedHoursIn(
  db: DatabaseSync,
  clock: Pick<Clock, 'now'>,
  suspicions: Pick<Suspicions, 'margin'>,
): AskedHours {
  const one = query<HourRow>(db, `SELECT ${HOUR_COLUMNS} FROM hours WHERE stream = ? AND hour = ?`)
  const read = db.prepare(
    'INSERT INTO hours (stream, hour, asked) VALUES (?, ?, 1) ON CONFLICT (stream, hour) DO UPDATE SET asked = 1',
  )
  const doubtAndRead = db.prepare(
    `INSERT INTO hours (stream, hour, state, covered, reason, changed_at, asked, only_asked)
     VALUES (?, ?, 'suspect', 0, 'asked for', ?, 1, 1)
     ON CONFLICT (stream, hour) DO UPDATE SET state = 'suspect', covered = 0, reason = excluded.reason,
       changed_at = excluded.changed_at, next_read_at = 0, asked = 1, only_asked = 1`,
  )
  const support = db.prepare('UPDATE streams SET unsupported = NULL WHERE id = ?')
  const giveUp = db.prepare('UPDATE hours SET asked = 0 WHERE stream = ? AND hour <= ? AND asked = 1')
  return {
    ask(stream, archive, from, to) {
      support.run(stream.id)
      const margin = suspicions.margin(stream.id)
      let asked = 0
      const first = Math.max(hourOf(from), oldestKept(archive, clock.now()))
      for (let hour = first; hour < to; hour += HOUR_MS) {
        const asking = askingFor(stream, hour, one.get(stream.id, hour), margin)
        if (asking === 'nothing to bring') continue
        if (asking === 'read') read.run(stream.id, hour)
        else doubtAndRead.run(stream.id, hour, clock.now())
        asked++
      }
      return asked
    },
    insist({ id }, from, to) {
      for (let hour = hourOf(from); hour < to; hour += HOUR_MS) read.run(id, hour)
    },
    giveUp: ({ id }, upTo) => void giveUp.run(id, upTo),
  }
}
