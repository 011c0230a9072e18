import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import { query, transaction } from './database.ts'

const KEPT_RUNS = 100

/** What became of the run before this one. */
export type PreviousRun =
  | { readonly ended: 'never ran' }
  /** Everything that was read was delivered and committed. `at`: when it ended. */
  | { readonly ended: 'cleanly'; readonly at: number }
  /** It was killed, or left something undelivered. `at`: its last commit, or its start when it committed nothing. */
  | { readonly ended: 'uncleanly'; readonly at: number }
  /** Its state was set aside as unreadable. `at`: when that file changed last, in real time. */
  | { readonly ended: 'unreadable'; readonly at: number }

export interface Run {
  readonly startedAt: number
  readonly endedAt: number | null
  /** Null while it runs, and for good when it did not end cleanly. */
  readonly ended: 'cleanly' | 'unreadable' | null
}

export interface Runs {
  /**
   * Clears the clean mark, outliving a power cut, and says how the run before ended. Call it before anything connects:
   * from here to `endCleanly` a stop of any kind counts as unclean. A directory that is new never ran.
   */
  begin(): PreviousRun
  /** Sets the clean mark, outliving a power cut. Call it when all that was read is committed. */
  endCleanly(): void
}

/**
 * Both act inside the transaction that begins a run, which is not begun when they throw: `uncleanly` after one that did not end
 * cleanly, `show` where the next reader is to see that a run goes on.
 */
export function runsIn(
  db: DatabaseSync,
  clock: Clock,
  { uncleanly, show }: { uncleanly(): void; show(): void },
): Runs {
  const last = lastRunIn(db)
  const lastCommit = query<{ at: number | null }>(db, 'SELECT max(committed_at) AS at FROM streams')
  const begin = db.prepare('INSERT INTO runs (started_at) VALUES (?)')
  const prune = db.prepare('DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?')
  const end = db.prepare(
    "UPDATE runs SET ended_at = ?, ended = 'cleanly' WHERE id = (SELECT max(id) FROM runs)",
  )

  function previous(): PreviousRun {
    const run = last()
    if (!run) return { ended: 'never ran' }
    const { startedAt, endedAt, ended } = run
    if (ended !== null) return { ended, at: endedAt ?? startedAt }
    return { ended: 'uncleanly', at: lastCommit.get()?.at ?? startedAt }
  }

  return {
    begin: () =>
      transaction(
        db,
        () => {
          const before = previous()
          if (before.ended === 'uncleanly') uncleanly()
          begin.run(clock.now())
          prune.run(KEPT_RUNS)
          show()
          return before
        },
        { powerCut: true },
      ),
    endCleanly() {
      transaction(db, () => end.run(clock.now()), { powerCut: true })
    },
  }
}

export function lastRunIn(db: DatabaseSync): () => Run | undefined {
  const last = query<Run>(
    db,
    'SELECT started_at AS startedAt, ended_at AS endedAt, ended FROM runs ORDER BY id DESC LIMIT 1',
  )
  return () => last.get()
}

/** When a state file that was set aside changed last, as long as no run has ended cleanly since. */
export function lastUnreadableIn(db: DatabaseSync): () => number | undefined {
  const last = query<{ at: number }>(
    db,
    `SELECT ended_at AS at FROM runs WHERE ended = 'unreadable'
     AND id > (SELECT coalesce(max(id), 0) FROM runs WHERE ended = 'cleanly') ORDER BY id DESC`,
  )
  return () => last.get()?.at
}

/** Notes in a new file that the one before was set aside, so that the next run does not take itself for the first. */
export function noteUnreadable(db: DatabaseSync, lastChange: number): void {
  db.prepare("INSERT INTO runs (started_at, ended_at, ended) VALUES (?, ?, 'unreadable')").run(
    lastChange,
    lastChange,
  )
}
