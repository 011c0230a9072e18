import type { DatabaseSync } from 'node:sqlite'
import { type Clock, DAY_MS, HOUR_MS, hourOf } from '../clock.ts'
import type { AskedHours } from './asked-hours.ts'
import { query, transaction } from './database.ts'
import type { DeliveredStore } from './delivered.ts'
import { oldestKept, plannedHours } from './due-hours.ts'
import { broughtAll, HOUR_COLUMNS, type HourRow, isCovered, isProvenAlone } from './hours.ts'
import { judge } from './judge.ts'
import type { Archive, HourLedger, Repair } from './ledger.ts'
import type { Reads } from './reads.ts'
import type { StreamRow, Streams } from './streams.ts'
import type { Suspicions } from './suspicion.ts'

/** For how long Proofpoint keeps the place of a live session. */
const RESUME_MS = HOUR_MS

/** What a ledger keeps its books with. */
export interface LedgerParts {
  readonly streams: Streams
  readonly uids: DeliveredStore
  readonly reads: Reads
  readonly suspicions: Suspicions
  readonly asked: AskedHours
}

export function ledgersIn(
  db: DatabaseSync,
  clock: Clock,
  { streams, uids, reads, suspicions, asked }: LedgerParts,
): (name: string, archive: Archive) => HourLedger {
  const opened = db.prepare(
    'UPDATE streams SET opened_at = ?, suspect_from = NULL, suspect_reason = NULL WHERE id = ?',
  )
  const settled = db.prepare(
    'UPDATE streams SET settled_at = ?, suspect_from = NULL, suspect_reason = NULL WHERE id = ?',
  )
  const doubtVerdicts = db.prepare(
    `UPDATE hours SET state = 'suspect', covered = 0, reason = ?, changed_at = ?, next_read_at = 0
     WHERE stream = ? AND hour > ? AND state IN ('verified', 'lost')`,
  )
  const doubtReads = db.prepare("UPDATE reads SET ended = 'broken' WHERE stream = ? AND hour > ?")
  const unsupported = db.prepare('UPDATE streams SET unsupported = ? WHERE id = ?')
  const isSuspectAlready = "(hours.state IS 'suspect' AND hours.covered = 0 AND hours.only_asked = 0)"
  const suspect = db.prepare(
    `INSERT INTO hours (stream, hour, state, covered, reason, changed_at) VALUES (?, ?, 'suspect', 0, ?, ?)
     ON CONFLICT (stream, hour) DO UPDATE SET state = 'suspect', covered = 0, reason = excluded.reason,
       changed_at = excluded.changed_at, next_read_at = 0, only_asked = 0
     WHERE NOT ${isSuspectAlready}`,
  )
  const enter = db.prepare(
    `INSERT INTO hours (stream, hour, state, covered, reason, changed_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (stream, hour) DO UPDATE SET state = excluded.state, covered = min(covered, excluded.covered),
       reason = excluded.reason, changed_at = excluded.changed_at,
       asked = asked AND excluded.state = 'suspect', only_asked = only_asked AND excluded.state = 'suspect'`,
  )
  const plan = db.prepare(
    `INSERT INTO hours (stream, hour, next_read_at) VALUES (?1, ?2, ?3)
     ON CONFLICT (stream, hour) DO UPDATE SET next_read_at = ?3`,
  )
  const accept = db.prepare('UPDATE hours SET lacking = ? WHERE stream = ? AND hour = ?')
  const one = query<HourRow>(db, `SELECT ${HOUR_COLUMNS} FROM hours WHERE stream = ? AND hour = ?`)
  const since = query<HourRow>(
    db,
    `SELECT ${HOUR_COLUMNS} FROM hours WHERE stream = ? AND hour >= ? ORDER BY hour`,
  )
  const expired = query<{ hour: number }>(
    db,
    "SELECT hour FROM hours WHERE stream = ? AND state = 'suspect' AND hour <= ? ORDER BY hour",
  )

  function planned(stream: StreamRow, archive: Archive, repair: Repair, now: number) {
    if (stream.unsupported !== null) return []
    const oldest = oldestKept(archive, now)
    const margin = suspicions.margin(stream.id)
    return plannedHours(stream, since.all(stream.id, oldest), { ...archive, margin, oldest, repair })
  }

  function judged(stream: StreamRow, hour: number, { proof }: Archive) {
    const row = one.get(stream.id, hour)
    const isUnbroken = isCovered(stream, hour, row)
    const evidence = {
      covered: isUnbroken && broughtAll(stream, hour, suspicions.margin(stream.id)),
      brought: row?.repaired ?? 0,
      reads: reads.complete(stream.id, hour),
      tries: reads.tries(stream.id, hour),
      neighbours: reads.neighbours(stream.id, hour),
      delivered: uids.digests(stream.id, hour),
    }
    const verdict = judge(evidence, proof, clock.now())
    // A read that broke is no evidence against live coverage, but for what it brought.
    const staysLive = !row?.state && isUnbroken && verdict.missed === 0 && evidence.reads.length === 0
    if (verdict.state === 'suspect') plan.run(stream.id, hour, verdict.nextReadAt)
    if (!staysLive) enter.run(stream.id, hour, verdict.state, isUnbroken ? 1 : 0, verdict.reason, clock.now())
    if (verdict.state === 'verified') accept.run(verdict.lacking, stream.id, hour)
    return verdict
  }

  return (name, archive) => {
    const known = uids.of(name).has
    const suspectHours = ({ id }: StreamRow, from: number, to: number, reason: string) => {
      const margin = suspicions.margin(id)
      for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
        const row = one.get(id, hour)
        if (!row || !isProvenAlone(row, margin)) suspect.run(id, hour, reason, clock.now())
      }
    }
    /** Now is not known to be later than the settled point: what could not be judged by then was judged by a wrong clock. */
    const fellBack = ({ id }: StreamRow, ms: number) => {
      const settledBefore = ms - HOUR_MS - archive.settlesIn(suspicions.margin(id))
      doubtVerdicts.run('it was judged while the clocks ran ahead', clock.now(), id, settledBefore)
      doubtReads.run(id, settledBefore)
    }
    const least = (repair: Repair, which: 'hour' | 'at'): number | undefined => {
      const stream = streams.find(name)
      let found: number | undefined
      for (const { [which]: ms } of stream ? planned(stream, archive, repair, clock.now()) : [])
        found = Math.min(found ?? ms, ms)
      return found
    }
    return {
      sessionOpened: at =>
        transaction(db, () => {
          const before = streams.ensure(name)
          if (at - (before.committedAt ?? before.startedAt) > RESUME_MS)
            suspicions.open(before, 'no session was held for over an hour')
          const { id, suspectFrom, suspectReason } = streams.ensure(name)
          if (suspectFrom !== null) suspectHours(before, suspectFrom, at + 1, suspectReason ?? 'unknown')
          opened.run(at, id)
        }),
      suspectSince: reason =>
        transaction(db, () => suspicions.open(streams.ensure(name), reason), { powerCut: true }),
      suspectBetween: (from, to, reason) =>
        transaction(db, () => suspectHours(streams.ensure(name), from, to, reason), { powerCut: true }),
      settled(ms) {
        const isBack = ms < (streams.find(name)?.settledAt ?? 0)
        transaction(
          db,
          () => {
            const stream = streams.ensure(name)
            if (isBack) fellBack(stream, ms)
            settled.run(ms, stream.id)
          },
          { powerCut: isBack },
        )
      },
      ask: (from, to) =>
        transaction(db, () => asked.ask(streams.ensure(name), archive, from, to), { powerCut: true }),
      startFrom: from =>
        transaction(
          db,
          () => {
            if (streams.find(name)) return undefined
            const stream = streams.ensure(name)
            const first = Math.max(hourOf(from), oldestKept(archive, clock.now()))
            if (stream.suspectFrom !== null || first >= stream.startedAt) return undefined
            suspectHours(stream, first, stream.startedAt, 'before the first start')
            asked.insist(stream, first, stream.startedAt)
            return first
          },
          { powerCut: true },
        ),
      due(now, repair) {
        const stream = streams.find(name)
        if (!stream) return undefined
        for (const { hour, at, purpose } of planned(stream, archive, repair, now))
          if (at <= now) return { hour, purpose }
        return undefined
      },
      toRead(repair) {
        const stream = streams.find(name)
        return stream ? [...planned(stream, archive, repair, clock.now())].length : 0
      },
      oldestToRead: repair => least(repair, 'hour'),
      nextDueAt: repair => least(repair, 'at'),
      expire: now =>
        transaction(db, () => {
          const stream = streams.find(name)
          if (!stream || stream.unsupported !== null) return []
          const last = hourOf(now - archive.keepsMs)
          const hours = expired.all(stream.id, last).map(({ hour }) => hour)
          for (const hour of hours)
            enter.run(
              stream.id,
              hour,
              'lost',
              0,
              `the archive keeps hours for ${archive.keepsMs / DAY_MS} days`,
              clock.now(),
            )
          asked.giveUp(stream, last)
          return hours
        }),
      beginRead: hour => transaction(db, () => reads.begin(streams.ensure(name).id, hour)),
      endRead: (id, end) => transaction(db, () => judged(streams.ensure(name), reads.end(id, end), archive)),
      lose: (hour, reason) =>
        transaction(
          db,
          () => void enter.run(streams.ensure(name).id, hourOf(hour), 'lost', 0, reason, clock.now()),
          { powerCut: true },
        ),
      unsupported: reason => transaction(db, () => void unsupported.run(reason, streams.ensure(name).id)),
      known,
    }
  }
}
