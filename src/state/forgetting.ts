import type { DatabaseSync } from 'node:sqlite'
import { HOUR_MS } from '../clock.ts'

const KEPT_MS = 72 * HOUR_MS

/**
 * Makes the function that forgets, of streams with sessions, uids that no read needs any more: 72 h after their commit, but
 * not those of suspect hours, nor of verified ones before 72 h have passed. Runs inside the caller's transaction.
 */
export function forgetting(db: DatabaseSync): (now: number) => void {
  const forgetDelivered = db.prepare(
    `DELETE FROM delivered WHERE committed < ?1 AND EXISTS (
       SELECT 1 FROM streams WHERE streams.id = delivered.stream AND opened_at IS NOT NULL
         AND (suspect_from IS NULL OR delivered.hour < suspect_from))
     AND NOT EXISTS (
       SELECT 1 FROM hours WHERE hours.stream = delivered.stream AND hours.hour = delivered.hour
         AND (state = 'suspect' OR (state = 'verified' AND changed_at >= ?1)))`,
  )
  const settledReads = `SELECT reads.id FROM reads JOIN hours ON hours.stream = reads.stream AND hours.hour = reads.hour
    WHERE (state = 'verified' AND changed_at < ?1) OR state = 'lost'`
  const forgetUids = db.prepare(`DELETE FROM read_uids WHERE read IN (${settledReads})`)
  // Without its uids a read would look like one that held nothing.
  const forgetReads = db.prepare(`DELETE FROM reads WHERE id IN (${settledReads})`)
  return now => {
    forgetDelivered.run(now - KEPT_MS)
    forgetUids.run(now - KEPT_MS)
    forgetReads.run(now - KEPT_MS)
  }
}
