import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import { query, transaction } from './database.ts'
import type { DueHour } from './ledger.ts'
import type { Streams } from './streams.ts'

const MINUTE_MS = 60_000
const KEPT_MINUTES = 48 * 60
/** Minutes further in the future than this were written while the clock was wrong. */
const BELIEVED_MINUTES = 24 * 60

/** What a request is made for: to poll, or to read an hour again. */
export type Purpose = 'live' | DueHour['purpose']

/** The requests that a stream made, for a quota over a rolling span of virtual time. */
export interface RequestBudget {
  /**
   * Counts one request. Call it before the request is made: then a killed worker has counted too many, never too few.
   * (A power cut may take the last counts.) Throws KnownError `state-disk-failure` when it cannot be written.
   */
  spend(purpose: Purpose): void
  /** Requests since `ms`, the whole of that minute included; at most 48 hours back. */
  spentSince(ms: number): Readonly<Record<Purpose, number>>
}

export function budgetsIn(
  db: DatabaseSync,
  clock: Clock,
  streams: Streams,
): (stream: string) => RequestBudget {
  const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS)
  const count = db.prepare(
    `INSERT INTO requests VALUES (?, ?, ?, 1)
     ON CONFLICT (stream, minute, purpose) DO UPDATE SET requests = requests + 1`,
  )
  const prune = db.prepare('DELETE FROM requests WHERE stream = ? AND (minute < ? OR minute > ?)')
  const sums = query<{ purpose: Purpose; spent: number }>(
    db,
    `SELECT purpose, sum(requests) AS spent FROM requests JOIN streams ON id = stream
     WHERE name = ? AND minute >= ? GROUP BY purpose`,
  )
  return stream => ({
    spend(purpose) {
      const minute = minuteOf(clock.now())
      transaction(db, () => {
        const { id } = streams.ensure(stream)
        prune.run(id, minute - KEPT_MINUTES, minute + BELIEVED_MINUTES)
        count.run(id, minute, purpose)
      })
    },
    spentSince(ms) {
      const spent = { live: 0, repair: 0, backfill: 0 }
      for (const row of sums.all(stream, minuteOf(ms))) spent[row.purpose] = row.spent
      return spent
    },
  })
}
