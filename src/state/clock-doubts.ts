/**
 * What follows when the clock of this machine is moved. Events have Proofpoint's times, so that nothing is misplaced by it;
 * but how long a stream was not held, and whether an hour is old enough to be judged, is measured by this clock.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import type { Receipt, StreamLane } from '../pipeline.ts'
import { transaction } from './database.ts'
import type { HourLedger } from './ledger.ts'
import { BELIEVED_MS, type StreamRow, type Streams } from './streams.ts'
import type { Suspicions } from './suspicion.ts'

const TOLERANCE_MS = 5 * 60_000
const BEHIND = 'the clock of this machine stood behind the events'
const AHEAD = 'it was judged while the clock of this machine ran ahead'

export interface ClockDoubts {
  /** The same ledger of a stream with sessions: the suspicion that a session opened to a clock that stands behind does not end. */
  watched(stream: string, ledger: HourLedger): HourLedger
  /** Call it before each commit, in no transaction. Throws what the disk has against it. */
  beforeCommit(source: StreamLane, receipt: Pick<Receipt, 'newest' | 'lateness'>): void
}

/**
 * While the clock stands behind the events, a break can lie in hours that it has not reached: from an hour before the newest
 * event on all is suspect, until it stands right again. When it goes back, what was judged in its future is suspect again,
 * because hours were then perhaps read before they were over.
 */
export function clockDoubtsIn(
  db: DatabaseSync,
  clock: Clock,
  { streams, suspicions }: { readonly streams: Streams; readonly suspicions: Suspicions },
): ClockDoubts {
  const doubtVerdicts = db.prepare(
    `UPDATE hours SET state = 'suspect', covered = 0, reason = '${AHEAD}', changed_at = ?1
     WHERE stream = ?2 AND changed_at > ?3 AND state IN ('verified', 'lost')`,
  )
  const readSoon = db.prepare('UPDATE hours SET next_read_at = 0 WHERE stream = ? AND next_read_at > ?')
  const doubtReads = db.prepare("UPDATE reads SET ended = 'broken' WHERE stream = ? AND begun_at > ?")
  const ledgers = new Map<string, HourLedger>()

  const isBehind = (newest: number, now: number): boolean =>
    newest > now + TOLERANCE_MS && newest < now + BELIEVED_MS

  function suspectOn(name: string): void {
    transaction(db, () => suspicions.open(streams.ensure(name), BEHIND), { powerCut: true })
  }

  function wentBack({ id }: StreamRow, now: number): void {
    transaction(
      db,
      () => {
        doubtVerdicts.run(now, id, now + TOLERANCE_MS)
        readSoon.run(id, now + TOLERANCE_MS)
        doubtReads.run(id, now + TOLERANCE_MS)
      },
      { powerCut: true },
    )
  }

  return {
    watched(name, ledger) {
      ledgers.set(name, ledger)
      return {
        ...ledger,
        sessionOpened(at) {
          ledger.sessionOpened(at)
          if (isBehind(streams.find(name)?.newest ?? 0, at)) suspectOn(name)
        },
      }
    },
    beforeCommit({ name, lane }, { newest, lateness }) {
      const stream = lane === 'live' ? streams.find(name) : undefined
      if (!stream || stream.openedAt === null) return
      const now = clock.now()
      if ((stream.committedAt ?? 0) > now + TOLERANCE_MS) wentBack(stream, now)
      if (lateness === 0 && isBehind(newest, now)) {
        if (stream.suspectFrom === null) suspectOn(name)
      } else if (stream.suspectReason === BEHIND && !isBehind(newest || stream.newest, now)) {
        ledgers.get(name)?.sessionOpened(now)
      }
    },
  }
}
