import type { Clock } from '../clock.ts'
import { errorTable, KnownError } from '../errors.ts'
import { type Log, tellError } from '../operations/log.ts'
import { type Exporter, type Lifetime, type Mapper, type Source, type State, ship } from '../pipeline.ts'
import type { HourRead } from '../proofpoint/pod/archive.ts'
import type { HourLedger, Repair, Verdict } from '../state/ledger.ts'

export interface RepairLane {
  readonly stream: string
  readonly ledger: HourLedger
  readonly repair: Repair
  readonly sourceOf: (read: HourRead) => Source
  /** Whether the archive may not serve this type at all, so that a 400 says nothing of the hour. */
  readonly mayBeUnsupported: boolean
  readonly mapper: Mapper
  readonly exporter: Exporter
  readonly state: State
  /** Virtual time. */
  readonly clock: Clock
  readonly log: Log
}

const LONGEST_SLEEP_MS = 60_000

/**
 * Reads the hours that the ledger asks for, oldest first, until `stop`: each is a run of `ship()` on one hour of the archive,
 * judged when it has ended. Throws what ended a read uncleanly; the hour stays as it was, and is asked for again.
 */
export async function repairLane(lane: RepairLane, lifetime: Lifetime): Promise<void> {
  const { ledger, repair, clock, stream, log } = lane
  while (!lifetime.stop.aborted) {
    for (const hour of ledger.expire(clock.now())) tellLost(log, stream, hour)
    const due = ledger.due(clock.now(), repair)
    if (due) await readHour(lane, due.hour, lifetime)
    else await clock.sleep(untilDue(lane), lifetime.stop)
  }
}

/** Suspicions can come at any time, so that it is looked again at least each minute. */
function untilDue({ ledger, repair, clock }: RepairLane): number {
  const dueAt = ledger.nextDueAt(repair)
  return dueAt === undefined
    ? LONGEST_SLEEP_MS
    : Math.max(1_000, Math.min(LONGEST_SLEEP_MS, dueAt - clock.now()))
}

async function readHour(lane: RepairLane, hour: number, lifetime: Lifetime): Promise<void> {
  const { ledger, sourceOf, mapper, exporter, state } = lane
  const id = ledger.beginRead(hour)
  try {
    await ship({ source: sourceOf({ hour, id }), mapper, exporter, state }, lifetime)
  } catch (error) {
    ledger.endRead(id, 'broken')
    if (!(error instanceof KnownError) || error.code !== 'pod-bad-request') throw error
    refused(lane, hour, error)
    return
  }
  // A read that was stopped has not seen the end.
  tellVerdict(lane, hour, ledger.endRead(id, lifetime.stop.aborted ? 'broken' : 'complete'))
}

/** The archive refuses a settled hour of the last 30 days for good, or does not serve the type at all. */
function refused(
  { ledger, mayBeUnsupported, stream, log }: RepairLane,
  hour: number,
  error: KnownError,
): void {
  if (mayBeUnsupported) {
    ledger.unsupported(error.message)
    log.warn(
      { stream, code: 'archive-unsupported' },
      `${stream}: ${error.message}. ${errorTable['archive-unsupported'].means}`,
    )
  } else {
    ledger.lose(hour, error.message)
    tellLost(log, stream, hour)
  }
}

function tellVerdict({ stream, log }: RepairLane, hour: number, verdict: Verdict): void {
  const fields = { stream, hour: nameOf(hour), state: verdict.state }
  if (verdict.state === 'verified')
    log.info(fields, `${stream}: the hour ${fields.hour} is verified: ${verdict.reason}`)
  else
    log.info(
      fields,
      `${stream}: the hour ${fields.hour} was read, and is read again at ${new Date(verdict.nextReadAt).toISOString()}: ${verdict.reason}`,
    )
}

function tellLost(log: Log, stream: string, hour: number): void {
  tellError(log, 'hour-lost', `${stream}: the hour ${nameOf(hour)}`, { stream, hour: nameOf(hour) })
}

const nameOf = (hour: number): string => `${new Date(hour).toISOString().slice(0, 13)}:00Z`
