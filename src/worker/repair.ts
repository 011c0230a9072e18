import { type Clock, DAY_MS, hourName } from '../clock.ts'
import { errorTable, KnownError } from '../errors.ts'
import type { Log } from '../operations/log.ts'
import { type Exporter, type Lifetime, type Mapper, type Source, type State, ship } from '../pipeline.ts'
import type { Borrows } from '../state/borrows.ts'
import type { DueHour, HourLedger, ReadId, Repair } from '../state/ledger.ts'
import { tellLost, tellToRead, tellVerdict } from './repair-telling.ts'
import { weigh } from './weigh.ts'

/** One reading of an hour that is due. */
export interface HourRead extends DueHour {
  readonly id: ReadId
}

/** What a read delivered that had not been delivered before. */
export interface Brought {
  readonly records: number
  /** The greatest age of one of them when it was received, ms; 0 if none has a time. */
  readonly greatestAgeMs: number
}

export interface RepairLane {
  readonly stream: string
  readonly ledger: HourLedger
  /** Of a stream whose live token the archive may be read with. */
  readonly borrows?: Borrows
  readonly repair: Repair
  readonly sourceOf: (read: HourRead) => Source
  /** Whether the archive may not serve this type at all, so that a 400 says nothing of the hour. */
  readonly mayBeUnsupported: boolean
  /** Since when the archive refuses an hour, or cannot send it, ms since 1970. Kept for as long as the process lives, and not longer. */
  readonly refusedSince: Map<number, number>
  /** Told what a read of an hour brought, when that is anything. */
  readonly onBrought?: (read: DueHour, brought: Brought) => void
  readonly mapper: Mapper
  readonly exporter: Exporter
  readonly state: State
  /** Virtual time. */
  readonly clock: Clock
  readonly log: Log
}

const LONGEST_SLEEP_MS = 60_000
/** What refuses any hour, such as a proxy or a wrong setting, is mended within that time. The archive keeps them for 30. */
const LOSING_MS = DAY_MS
/** What no further read is likely to change. */
const refusals: ReadonlySet<string> = new Set(['pod-bad-request', 'pod-frame-too-big'])

/**
 * Reads the hours that the ledger asks for, oldest first, until `stop`: each is a run of `ship()` on one hour of the archive,
 * judged when it has ended. Throws what ended a read uncleanly; the hour stays as it was, and is asked for again.
 */
export async function repairLane(lane: RepairLane, lifetime: Lifetime): Promise<void> {
  const { stop } = lifetime
  const next = dueHours(lane)
  for (let due = await next(stop); due; due = await next(stop)) await readHour(lane, due, lifetime)
}

/** Waits for the hour that is to be read next; undefined when `stop` came before. */
export type DueHours = (stop: AbortSignal) => Promise<DueHour | undefined>

/** The hours of the lane as they become due. Tells what has become lost meanwhile, and when there are more to be read. */
export function dueHours(lane: RepairLane): DueHours {
  const { ledger, repair, clock } = lane
  let told = 0
  return async stop => {
    while (!stop.aborted) {
      tellLost(lane, ledger.expire(clock.now()), 'the archive keeps no older ones')
      told = tellToRead(lane, told)
      const due = ledger.due(clock.now(), repair)
      if (due) return due
      await clock.sleep(untilDue(lane), stop)
    }
    return undefined
  }
}

/** Suspicions can come at any time, so that it is looked again at least each minute. */
function untilDue({ ledger, repair, clock }: RepairLane): number {
  const dueAt = ledger.nextDueAt(repair)
  return dueAt === undefined
    ? LONGEST_SLEEP_MS
    : Math.max(1_000, Math.min(LONGEST_SLEEP_MS, dueAt - clock.now()))
}

/** Reads an hour once, and judges it. Throws what ended the read. */
export async function readHour(
  lane: RepairLane,
  due: DueHour,
  lifetime: Lifetime,
  read = ship,
): Promise<void> {
  try {
    await readAndJudge(lane, due, lifetime, read)
  } finally {
    weigh(lane)
  }
}

async function readAndJudge(
  lane: RepairLane,
  due: DueHour,
  lifetime: Lifetime,
  read: typeof ship,
): Promise<void> {
  const { ledger, sourceOf, mapper, exporter } = lane
  const { hour } = due
  const id = ledger.beginRead(hour)
  const { state, brought } = counting(lane.state)
  try {
    await read({ source: sourceOf({ ...due, id }), mapper, exporter, state }, lifetime)
  } catch (error) {
    ledger.endRead(id, 'broken')
    if (error instanceof KnownError && refusals.has(error.code)) refused(lane, hour, error)
    // Whatever is the matter may concern each hour: so the next one is not asked for at once.
    throw ofHour(hour, error)
  } finally {
    if (brought().records > 0) lane.onBrought?.(due, brought())
  }
  lane.refusedSince.delete(hour)
  // A read that was stopped has not seen the end.
  tellVerdict(lane, hour, ledger.endRead(id, lifetime.stop.aborted ? 'broken' : 'complete'))
}

/** The line of the log has no time but its own. */
function ofHour(hour: number, error: unknown): unknown {
  if (!(error instanceof KnownError)) return error
  const { code, message, afterMs } = error
  return new KnownError(code, `the hour ${hourName(hour)}: ${message}`, {
    cause: error,
    ...(afterMs !== undefined && { afterMs }),
  })
}

/** The same state, and what was newly delivered by the commits that went through it. */
function counting(state: State): { state: State; brought: () => Brought } {
  let records = 0
  let greatestAgeMs = 0
  return {
    state: {
      cursor: source => state.cursor(source),
      async commit(source, receipt, abort) {
        await state.commit(source, receipt, abort)
        for (const uids of receipt.delivered.values()) records += uids.length
        greatestAgeMs = Math.max(greatestAgeMs, receipt.lateness)
      },
    },
    brought: () => ({ records, greatestAgeMs }),
  }
}

function unsupported({ ledger, stream, log }: RepairLane, error: KnownError): void {
  ledger.unsupported(error.message)
  log.warn(
    { stream, code: 'archive-unsupported' },
    `${stream}: ${error.message}. ${errorTable['archive-unsupported'].means} ${errorTable['archive-unsupported'].operator}`,
  )
}

/** The hour, or a type that the archive may not serve, is given up when it has been refused for a day. The ledger spaces the reads. */
function refused(lane: RepairLane, hour: number, error: KnownError): void {
  const { ledger, refusedSince, clock } = lane
  const since = refusedSince.get(hour) ?? clock.now()
  refusedSince.set(hour, since)
  if (clock.now() - since < LOSING_MS) return
  refusedSince.delete(hour)
  if (lane.mayBeUnsupported && error.code === 'pod-bad-request') unsupported(lane, error)
  else {
    ledger.lose(hour, error.message)
    tellLost(lane, [hour], error.message)
  }
}
