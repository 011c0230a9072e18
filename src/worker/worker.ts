import { KnownError } from '../errors.ts'
import { drift, driftLog } from '../operations/drift.ts'
import { journal } from '../operations/journal.ts'
import { guarded } from '../otlp/guard.ts'
import { limited } from '../otlp/limit.ts'
import { type Exporter, type Lifetime, ship } from '../pipeline.ts'
import { type Failure, supervise } from '../supervise.ts'
import { takeBackfills } from './backfill-orders.ts'
import { inTurns } from './borrow.ts'
import { takeOrders } from './dead-letters-orders.ts'
import { podStreams } from './pod-streams.ts'
import { repairLane } from './repair.ts'
import type { Stream, StreamParts } from './streams.ts'
import { tapStreams } from './tap-streams.ts'

export interface WorkerParts extends Omit<StreamParts, 'seen'> {
  readonly exporter: Exporter
}

/**
 * Runs every configured stream until `stop`, each on its own: one that fails never stops the others.
 * Resolves with whether everything that was read is delivered and committed.
 */
export async function work(parts: WorkerParts, lifetime: Lifetime): Promise<boolean> {
  const { settings, state, log } = parts
  const told = journal(log)
  const seen = drift(driftLog(log))
  const shared = limited(parts.exporter, settings.own.maxInFlight)
  const committing = told.state(state)
  let lost = false
  const failed = (failure: Failure) => {
    // A source that fails has yielded all it had; any other error may have thrown away what was read.
    lost ||= !(failure.error instanceof KnownError)
    told.failed(failure)
  }
  const supervision = { stop: lifetime.stop, failed, clock: parts.clock }
  const over = new AbortController()
  const { deadLetters, orders, backfills } = state
  const ordered = takeOrders(
    { settings, deadLetters, orders, exporter: shared, log },
    { stop: over.signal, abort: lifetime.abort },
  )
  const configured = { ...parts, seen }
  // What the collector takes of one lane is a witness for the other.
  const streams = [...podStreams(configured), ...tapStreams(configured)].map(stream => ({
    ...stream,
    exporter: guarded(shared),
  }))
  const asked = takeBackfills({ backfills, ledgers: ledgersOf(streams), log }, over.signal)
  const repairing = streams.map(({ source, mapper, archive, exporter }) => {
    if (!archive) return undefined
    const name = `${source.name} archive`
    const lane = { ...archive, mapper, exporter: told.exporter(name, exporter), state: committing }
    return supervise(name, () => repairLane(lane, lifetime), supervision)
  })
  const ends = await Promise.all(
    streams.map(({ source, mapper, coverage, borrowed, exporter }) => {
      const shipping = { mapper, exporter: told.exporter(source.name, exporter), state: committing }
      const live = async (held: Lifetime) => {
        coverage?.enter()
        await ship({ source, ...shipping }, held)
        coverage?.ended()
      }
      const run = () => (borrowed ? inTurns(live, { ...borrowed, ...shipping }, lifetime) : live(lifetime))
      const ended = (failure: Failure) => {
        coverage?.ended(failure.error)
        failed(failure)
      }
      return supervise(source.name, run, { ...supervision, failed: ended })
    }),
  )
  // A read of the archive that did not end well proves nothing, and loses nothing.
  await Promise.all(repairing)
  // Until now an order may have made the room that a stream waited for.
  over.abort()
  await Promise.all([ordered, asked])
  const unclean = streams.flatMap(({ source }, i) =>
    ends[i] === undefined ? [] : [{ source, end: ends[i] }],
  )
  for (const { source, end } of unclean) told.endedUncleanly(source.name, end)
  for (const { coverage } of streams) coverage?.enter()
  return unclean.length === 0 && !lost
}

const ledgersOf = (streams: readonly Stream[]) =>
  new Map(
    streams.flatMap(({ source, archive, borrowed }) => {
      const lane = archive ?? borrowed
      return lane ? [[source.name, lane.ledger] as const] : []
    }),
  )
