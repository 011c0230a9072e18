/** Live delivery and the archive in turns, for a stream whose archive is read with the live token: it is good for one session. */
import { type Clock, hourName, real } from '../clock.ts'
import { explained, KnownError } from '../errors.ts'
import { levelOf, tellError } from '../operations/log.ts'
import { type Lifetime, type Pipeline, ship } from '../pipeline.ts'
import type { Borrows } from '../state/borrows.ts'
import { seatTaken } from './coverage.ts'
import { type DueHours, dueHours, type RepairLane, readHour } from './repair.ts'

export interface BorrowLane extends RepairLane {
  readonly borrows: Borrows
  /** The last session of the token, ms since 1970; without `until` it is open. */
  readonly session: () => { readonly since: number; readonly until: number | undefined } | undefined
}

/** The live session is held for so long between two borrows: what came meanwhile is fetched, and the archive never starves it. */
const HELD_MS = 10 * 60_000
/**
 * What a session had read may wait for the collector after it was closed. If that took longer, live delivery goes first, so
 * that with the longest borrow it rests for half of the hour for which Proofpoint keeps its place.
 */
const LATEST_BORROW_MS = 10 * 60_000
/** How often it is looked whether the live session is open again. */
const LOOK_MS = 60_000
const LONGEST_BORROW_MS = 20 * 60_000
/** No hour is begun later than so long after the live session was closed, so that few are broken off. */
const LAST_BEGIN_MS = LONGEST_BORROW_MS / 2
/** While borrowing is tested, no session is held for so long: what is created then tells whether it comes live after all. */
const PROBATION_MS = 2 * 60_000
/** What was read is delivered within this time, real, after the borrow had to end. */
const GRACE_MS = 30_000

/**
 * Runs `live` until an hour is due, has it closed cleanly, reads what is due, and begins again, until `stop`. Nothing is
 * read while no live session is open, nor when it was closed long ago. Throws what `live` throws; what goes wrong in the
 * archive is told, and delays live delivery by nothing.
 */
export async function inTurns(
  live: (lifetime: Lifetime) => Promise<void>,
  lane: BorrowLane,
  { stop, abort }: Lifetime,
): Promise<void> {
  const next = dueHours(lane)
  while (!stop.aborted) {
    await liveUntilDue(live, lane, next, { stop, abort })
    if (stop.aborted) return
    if (restsFor(lane) <= LATEST_BORROW_MS) await borrow(lane, { stop, abort })
    else tellLate(lane)
  }
}

async function liveUntilDue(
  live: (lifetime: Lifetime) => Promise<void>,
  lane: BorrowLane,
  next: DueHours,
  { stop, abort }: Lifetime,
): Promise<void> {
  const over = new AbortController()
  const due = new AbortController()
  const waited = untilLiveMayRest(lane, next, over.signal).finally(() => due.abort())
  const ended = live({ stop: AbortSignal.any([stop, due.signal]), abort }).finally(() => over.abort())
  for (const end of await Promise.allSettled([ended, waited])) if (end.status === 'rejected') throw end.reason
}

/** Until an hour is due and the live session has been open for long enough, or `over`. */
async function untilLiveMayRest(lane: BorrowLane, next: DueHours, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const leftMs = untilHeld(lane)
    if (leftMs > 0) await lane.clock.sleep(leftMs, over)
    // While it was waited for the hour the session may have been closed.
    else if ((await next(over)) && untilHeld(lane) <= 0) return
  }
}

function untilHeld({ session, clock }: BorrowLane): number {
  const held = session()
  return held && held.until === undefined ? held.since + HELD_MS - clock.now() : LOOK_MS
}

/** Since when no session of the token is open, ms. */
function restsFor({ session, clock }: BorrowLane): number {
  const now = clock.now()
  return now - (session()?.until ?? now)
}

async function borrow(lane: BorrowLane, lifetime: Lifetime): Promise<void> {
  const { stream, ledger, repair, clock, log, borrows } = lane
  const over = new AbortController()
  const { stop, abort } = endingInTime(lifetime, clock, over.signal)
  const lastBegin = clock.now() + LAST_BEGIN_MS
  const next = () => {
    const now = clock.now()
    return stop.aborted || now > lastBegin ? undefined : ledger.due(now, repair)
  }
  try {
    const treatedAs = borrows.begin()
    log.info({ stream }, `${stream}: live delivery rests while the archive is read with its token`)
    if (treatedAs === 'undecided') await clock.sleep(PROBATION_MS, stop)
    for (let due = next(); due; due = next()) {
      await readHour(lane, due, { stop, abort }, shipWhenFree(lane))
      if (stop.aborted && !lifetime.stop.aborted) tellBrokenOff(lane, due.hour)
    }
    if (!lifetime.stop.aborted) log.info({ stream }, `${stream}: live delivery has its turn again`)
  } catch (error) {
    if (!lifetime.abort.aborted) tellFailed(lane, error)
  } finally {
    over.abort()
  }
}

/** The same lifetime, but no longer than a borrow may take. */
function endingInTime(lifetime: Lifetime, clock: Clock, over: AbortSignal): Lifetime {
  const stop = new AbortController()
  const abort = new AbortController()
  const end = async () => {
    await clock.sleep(LONGEST_BORROW_MS, over)
    stop.abort()
    await real.sleep(GRACE_MS, over)
    abort.abort(
      new KnownError('pod-borrow-undelivered', 'what the archive gave could not be delivered in time'),
    )
  }
  void end()
  return {
    stop: AbortSignal.any([lifetime.stop, stop.signal]),
    abort: AbortSignal.any([lifetime.abort, abort.signal]),
  }
}

/** The server may need a while to see that the live session is over. A stranger in its place is not waited for. */
const shipWhenFree =
  ({ stream, ledger, clock, log }: BorrowLane) =>
  async (pipeline: Pipeline, lifetime: Lifetime): Promise<void> => {
    for (;;) {
      try {
        return await ship(pipeline, lifetime)
      } catch (error) {
        if (!(error instanceof KnownError) || !seatTaken.has(error.code)) throw error
        ledger.suspectSince(error.message)
        if (error.code === 'pod-session-stranger' || lifetime.stop.aborted) throw error
        log.info({ stream, code: error.code }, `${stream}: the archive has to wait: ${error.message}`)
        await clock.sleep(error.afterMs ?? 0, lifetime.stop)
      }
    }
  }

const tellLate = ({ stream, log }: BorrowLane): void =>
  log.info(
    { stream },
    `${stream}: the archive has to wait: what was read live took too long to deliver, so that live delivery goes first`,
  )

function tellBrokenOff({ stream, log }: BorrowLane, hour: number): void {
  const fields = { stream, hour: hourName(hour) }
  tellError(log, 'pod-borrow-broken-off', `${stream}: the hour ${fields.hour}`, fields)
}

function tellFailed({ stream, log }: BorrowLane, error: unknown): void {
  const { code, words } = explained(error)
  const what = `${stream}: reading the archive with the live token broke off`
  const turn = 'Live delivery has its turn again.'
  if (error instanceof KnownError && code === 'delivery-blocked') {
    // The alarm was when the session was closed.
    log.info({ stream }, `${what}: ${error.message}. ${turn}`)
    return
  }
  const level = levelOf(code)
  const then =
    level === 'warn'
      ? 'The hour is read again, later each time.'
      : 'Until that is mended, what is suspect stays so; the archive keeps it for 30 days.'
  log[level](
    { stream, code, ...(code === 'internal' && { err: error }) },
    `${what}: ${words} ${then} ${turn}`,
  )
}
