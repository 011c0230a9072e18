/**
 * What was seen of borrowing, which is reading the archive with the live token. Nothing says that an archive session leaves
 * the place alone where the live stream goes on: if it does not, what comes while the token is borrowed never comes live.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type Clock, DAY_MS, HOUR_MS } from '../clock.ts'
import type { Receipt } from '../pipeline.ts'
import { ulidTime } from '../ulid.ts'
import { query, transaction } from './database.ts'
import type { Streams } from './streams.ts'
import type { Suspicions } from './suspicion.ts'

/** `undecided` and `withdrawn` make the hours around each borrow suspect, `trusted` does not. */
export type Trust = 'undecided' | 'trusted' | 'withdrawn'

/** What the evidence says, where that is not what was believed so far. */
export type Finding =
  | { readonly trust: 'trusted' }
  | {
      readonly trust: 'withdrawn'
      /** Spans of which too much was believed: ms since 1970, from the first on and before the second. */
      readonly doubtful: readonly (readonly [from: number, to: number])[]
      /** Whether the token is borrowed right now: what that costs is not over. */
      readonly lasts: boolean
    }

/** The borrows of one stream. Throws KnownError `state-disk-failure`; what is entered outlives a power cut. */
export interface Borrows {
  trust(): Trust
  /**
   * The live session was closed cleanly. Unless borrowing is trusted, a suspicion is open until the next session opens.
   * Returns how this borrow is treated: about once a day as undecided where borrowing is trusted, for else no hour of a
   * borrow would be read that could show the contrary.
   */
  begin(): Trust
  /** What the reads of the archive have shown of earlier borrows. Once withdrawn, nothing more is found. */
  finding(): Finding | undefined
  /** Believes a finding from now on: enter the suspicion of its doubtful spans before. */
  enter(trust: Finding['trust']): void
}

/** As long as the archive can tell of one. */
const KEPT_MS = 30 * DAY_MS
/** Of older ones the uids that came live may be forgotten, so that nothing can be said of what came. */
const TELLING_MS = 48 * HOUR_MS
const TESTED_EVERY_MS = DAY_MS
/** Fewer events may have come between by chance alone, where events come late. */
const ENOUGH_HELD = 10

export interface BorrowStore {
  of(stream: string): Borrows
  /** Notes what a page of the archive tells of the borrows in whose time its events were created. Runs inside the caller's transaction. */
  witness(streamId: number, receipt: Receipt): void
}

/** What is believed of a stream; undefined when it never borrowed. */
export function trustIn(db: DatabaseSync): (streamId: number) => Trust | undefined {
  const believed = query<{ trust: Trust | null; isKnown: number }>(
    db,
    `SELECT (SELECT trust FROM borrow_trust WHERE stream = ?1) AS trust,
     EXISTS (SELECT 1 FROM borrows WHERE stream = ?1) AS isKnown`,
  )
  return streamId => {
    const { trust, isKnown } = believed.get(streamId)!
    return trust ?? (isKnown ? 'undecided' : undefined)
  }
}

interface Borrow {
  readonly id: number
  readonly since: number
  readonly beganAt: number
  readonly endedAt: number
  /** When the last whole read began: others perhaps never reached the archive. Whatever moves the live stream's place had not moved it beyond that. */
  readonly askedUntil: number | null
}

export function borrowsIn(
  db: DatabaseSync,
  clock: Pick<Clock, 'now'>,
  { streams, suspicions }: { streams: Streams; suspicions: Suspicions },
): BorrowStore {
  const trustOf = trustIn(db)
  const insert = db.prepare('INSERT INTO borrows (stream, since, began_at, tested) VALUES (?, ?, ?, ?)')
  const prune = db.prepare('DELETE FROM borrows WHERE stream = ? AND ended_at < ?')
  const told = query<Borrow>(
    db,
    `SELECT id, since, began_at AS beganAt, ended_at AS endedAt,
       (SELECT max(begun_at) FROM reads WHERE reads.stream = borrows.stream AND ended = 'complete'
          AND begun_at >= borrows.began_at AND begun_at < borrows.ended_at) AS askedUntil
     FROM borrows WHERE stream = ? AND blurred = 0 AND began_at > ? AND since <= ? AND ended_at > ?`,
  )
  const note = db.prepare(
    `UPDATE borrows SET missed = missed + ?1, held = ?2 + iif(held_in = ?3, held, 0), held_in = ?3 WHERE id = ?4`,
  )
  const missed = query<{ some: number }>(
    db,
    'SELECT EXISTS (SELECT 1 FROM borrows WHERE stream = ? AND blurred = 0 AND missed > 0) AS some',
  )
  const held = query<{ events: number }>(
    db,
    `SELECT coalesce(sum(held), 0) AS events FROM borrows WHERE stream = ?1 AND blurred = 0 AND ended_at IS NOT NULL
     AND (SELECT count(*) FROM hours WHERE hours.stream = ?1 AND state = 'verified'
            AND hour > began_at - ${HOUR_MS} AND hour <= ended_at)
         = ended_at / ${HOUR_MS} - began_at / ${HOUR_MS} + 1`,
  )
  const spans = query<{ from: number; to: number | null }>(
    db,
    'SELECT began_at AS "from", ended_at AS "to" FROM borrows WHERE stream = ?',
  )
  const lastTest = query<{ at: number }>(
    db,
    `SELECT max(
       coalesce((SELECT changed_at FROM borrow_trust WHERE stream = ?1), 0),
       coalesce((SELECT max(began_at) FROM borrows WHERE stream = ?1 AND tested = 1 AND blurred = 0), 0)) AS at`,
  )
  const believe = db.prepare(
    `INSERT INTO borrow_trust VALUES (?1, ?2, ?3)
     ON CONFLICT (stream) DO UPDATE SET trust = excluded.trust, changed_at = excluded.changed_at`,
  )

  return {
    witness(streamId, { delivered, deadLetters, skipped, read }) {
      const refused = deadLetters.filter(({ cause }) => cause === 'refused').map(({ uid }) => ulidTime(uid))
      const fresh = [...timesOf(delivered), ...refused]
      const known = timesOf(skipped)
      const all = [...fresh, ...known]
      const newest = all.reduce((most, time) => Math.max(most, time), 0)
      const oldest = all.reduce((least, time) => Math.min(least, time), newest)
      for (const borrow of told.all(streamId, clock.now() - TELLING_MS, newest, oldest)) {
        const { id, since, beganAt, endedAt, askedUntil } = borrow
        const missed = fresh.filter(time => time >= since && time < endedAt).length
        const held = known.filter(time => time >= beganAt && time < (askedUntil ?? beganAt)).length
        if (missed + held > 0) note.run(missed, held, read ?? null, id)
      }
    },
    of(name) {
      const trust = (): Trust => trustOf(streams.ensure(name).id) ?? 'undecided'
      return {
        trust,
        begin: () =>
          transaction(
            db,
            () => {
              const stream = streams.ensure(name)
              const now = clock.now()
              const believed = trust()
              const isTestDue = now - lastTest.get(stream.id)!.at >= TESTED_EVERY_MS
              const treatedAs = believed === 'trusted' && isTestDue ? 'undecided' : believed
              const isTested = treatedAs !== 'trusted'
              if (isTested) suspicions.openForBorrow(stream, 'the archive was read with the live token')
              const since = Math.max(stream.openedAt ?? now, now - HOUR_MS)
              insert.run(stream.id, since, now, isTested ? 1 : 0)
              prune.run(stream.id, now - KEPT_MS)
              return treatedAs
            },
            { powerCut: true },
          ),
        finding() {
          const { id } = streams.ensure(name)
          const before = trust()
          if (before === 'withdrawn') return undefined
          if (missed.get(id)!.some) {
            const margin = suspicions.margin(id)
            const borrowed = spans.all(id)
            const believed = before === 'trusted' ? borrowed : []
            return {
              trust: 'withdrawn',
              doubtful: believed.map(({ from, to }) => [from - margin, to ?? clock.now()]),
              lasts: borrowed.some(({ to }) => to === null),
            }
          }
          if (before === 'trusted' || held.get(id)!.events < ENOUGH_HELD) return undefined
          return { trust: 'trusted' }
        },
        enter: trust =>
          transaction(db, () => void believe.run(streams.ensure(name).id, trust, clock.now()), {
            powerCut: true,
          }),
      }
    },
  }
}

/** The times inside the uids, ms since 1970. */
const timesOf = (hours: Receipt['delivered']): number[] => [...hours.values()].flat().map(ulidTime)
