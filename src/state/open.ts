import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import { KnownError } from '../errors.ts'
import type { Cursor, State } from '../pipeline.ts'
import { askedHoursIn } from './asked-hours.ts'
import { type BackfillOrders, backfillOrdersIn } from './backfill-orders.ts'
import { type Borrows, borrowsIn } from './borrows.ts'
import { budgetsIn, type RequestBudget } from './budget.ts'
import { clockDoubtsIn } from './clock-doubts.ts'
import { createStateFile, openWritable, transaction } from './database.ts'
import { type KeptDeadLetters, keptDeadLettersIn } from './dead-letters-kept.ts'
import { type Orders, ordersIn } from './dead-letters-orders.ts'
import type { DeadLetterRoom } from './dead-letters-room.ts'
import { type DeliveredUids, deliveredIn } from './delivered.ts'
import { diskError } from './disk-error.ts'
import { isRemnant, lastChangeSetAside, makeDirectory, setAside, stateFile } from './files.ts'
import { ledgersIn } from './hour-ledger.ts'
import type { Archive, HourLedger } from './ledger.ts'
import { type Lock, takeLock } from './lock.ts'
import { patience, type TroubleListener } from './patience.ts'
import { readsIn } from './reads.ts'
import { receiptWriter } from './receipt.ts'
import { noteUnreadable, type Runs, runsIn } from './runs.ts'
import { streamsIn } from './streams.ts'
import { suspicionsIn } from './suspicion.ts'

/**
 * What the worker must not forget. There is one for a directory at a time. What is written outlives the process; after a
 * power cut the last cursors, uids and counts may be missing, so that their pages are delivered again; dead letters, the
 * clean mark, first starts, suspicions, lost hours, orders and what is believed of borrowing are not missing. Methods
 * throw KnownError `state-disk-failure` or `state-unreadable` when the disk refuses; only `commit` waits instead, for room
 * for dead letters too. `begin` throws `state-locked`, too, while somebody looks at the lock for too long.
 */
export interface WorkerState extends State, Runs {
  /**
   * When the stream was started for the first time (virtual time): durably at `begin`, else now, if it never was. After
   * its state was set aside it begins where that may end.
   */
  startedAt(stream: string, begin?: number): number
  delivered(stream: string): DeliveredUids
  ledger(stream: string, archive: Archive): HourLedger
  borrows(stream: string): Borrows
  budget(stream: string): RequestBudget
  readonly deadLetters: KeptDeadLetters
  readonly orders: Orders
  readonly backfills: BackfillOrders
  /** Lets go of the files. A run that was not ended cleanly before stays unclean. */
  close(): void
}

export interface StateOptions extends TroubleListener {
  /** Virtual time. */
  readonly clock: Clock
  readonly deadLetterRoom: DeadLetterRoom
  /** The state file was damaged; it lies at `path` now, and a new one was begun. */
  onSetAside(path: string, error: KnownError): void
}

/**
 * Opens the directory's state, made when missing, for the only writer. Never waits for another one. A damaged file is
 * set aside under a new name. Throws KnownError `state-locked`, `state-unwritable` or `state-newer`.
 */
export function openState(directory: string, options: StateOptions): WorkerState {
  return asRefusal(directory, () => {
    makeDirectory(directory)
    const lock = takeLock(directory)
    try {
      return workerState(openOrRenew(directory, options), options, lock)
    } catch (error) {
      lock.release()
      throw error
    }
  })
}

function openOrRenew(directory: string, { clock, onSetAside }: StateOptions): DatabaseSync {
  const file = stateFile(directory)
  try {
    return openWritable(file)
  } catch (error) {
    const known = diskError(error, file)
    const damaged =
      known?.code === 'state-unreadable' || (known?.code === 'state-missing' && isRemnant(directory))
    if (damaged) onSetAside(setAside(directory, clock.now()), known)
    else if (known?.code !== 'state-missing') throw error
  }
  const lastChange = lastChangeSetAside(directory)
  createStateFile(file, db => {
    if (lastChange !== undefined) noteUnreadable(db, lastChange)
  })
  return openWritable(file)
}

function workerState(
  db: DatabaseSync,
  { clock, deadLetterRoom, ...listener }: StateOptions,
  lock: Lock,
): WorkerState {
  const streams = streamsIn(db, clock)
  const uids = deliveredIn(db, clock, streams)
  const suspicions = suspicionsIn(db, clock)
  const reads = readsIn(db, clock)
  const borrows = borrowsIn(db, clock, { streams, suspicions })
  const store = receiptWriter(db, clock, { streams, uids, reads, suspicions, borrows, room: deadLetterRoom })
  const asked = askedHoursIn(db, clock, suspicions)
  const ledgers = ledgersIn(db, clock, { streams, uids, reads, suspicions, asked })
  const doubts = clockDoubtsIn(db, clock, { streams, suspicions })
  const patiently = patience(listener)
  const runs = runsIn(db, clock, {
    uncleanly() {
      reads.breakOpen()
      // Its first session may have been open when nothing was written of it yet.
      for (const stream of streams.all())
        if (stream.settledAt === null) suspicions.open(stream, 'the worker did not end cleanly')
    },
    // Shown earlier, a reader would take the run before, which was killed, for one that goes on.
    show: lock.showRun,
  })
  return {
    ...runs,
    cursor({ name, lane }) {
      const text = lane === 'live' ? streams.find(name)?.cursor : undefined
      if (text == null) return undefined
      const cursor: Cursor = JSON.parse(text)
      return cursor
    },
    commit: (source, receipt, abort) =>
      patiently(
        source.name,
        () => {
          doubts.beforeCommit(source, receipt)
          store(source, receipt)
        },
        abort,
      ),
    startedAt: (stream, begin) =>
      (streams.find(stream) ?? transaction(db, () => streams.ensure(stream, begin), { powerCut: true }))
        .startedAt,
    delivered: uids.of,
    ledger: (stream, archive) => doubts.watched(stream, ledgers(stream, archive)),
    borrows: borrows.of,
    budget: budgetsIn(db, clock, streams),
    deadLetters: keptDeadLettersIn(db),
    orders: ordersIn(db),
    backfills: backfillOrdersIn(db),
    close() {
      db.close()
      lock.release()
    },
  }
}

/** At the start nothing waits for the disk: what it refuses is said to be unwritable, and ends the command. */
function asRefusal<T>(directory: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    const known = diskError(error, directory)
    if (known?.code === 'state-disk-failure')
      throw new KnownError('state-unwritable', known.message, { cause: error })
    throw known ?? error
  }
}
