import { type Clock, HOUR_MS, hourOf } from '../clock.ts'
import { KnownError } from '../errors.ts'
import { type Drift, drift, driftLog } from '../operations/drift.ts'
import { journal } from '../operations/journal.ts'
import { type Log, tellError } from '../operations/log.ts'
import { guarded } from '../otlp/guard.ts'
import { limited } from '../otlp/limit.ts'
import { type Exporter, type Lifetime, type Mapper, type Source, ship } from '../pipeline.ts'
import { type HourRead, podArchiveSource } from '../proofpoint/pod/archive.ts'
import { podStream } from '../proofpoint/pod/connection.ts'
import { podLiveSource } from '../proofpoint/pod/live.ts'
import { tapSource, tapStream } from '../proofpoint/tap/source.ts'
import { dispatcher, webSocketAgent } from '../proxy.ts'
import type { Start } from '../settings/kinds.ts'
import type { WorkerState } from '../state/open.ts'
import { type Failure, supervise } from '../supervise.ts'
import { accountMapper } from './account-mapper.ts'
import { type Coverage, coverage } from './coverage.ts'
import { takeOrders } from './dead-letters-orders.ts'
import { type RepairLane, repairLane } from './repair.ts'
import type { WorkerSettings } from './settings.ts'

export interface WorkerParts {
  readonly settings: WorkerSettings
  readonly state: WorkerState
  readonly exporter: Exporter
  /** Virtual time. */
  readonly clock: Clock
  readonly log: Log
}

interface Stream {
  readonly source: Source
  readonly mapper: Mapper
  /** Of a stream that is held by sessions. */
  readonly coverage?: Coverage
  /** Of a stream whose archive is read beside it. */
  readonly archive?: Omit<RepairLane, 'mapper' | 'exporter' | 'state'>
}

/** At most three PoD streams and TAP hold a page and collect the next one. */
const WAITING_PLACES = 8

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
  const { deadLetters, orders } = state
  const ordered = takeOrders(
    { settings, deadLetters, orders, exporter: shared, log },
    { stop: over.signal, abort: lifetime.abort },
  )
  const streams = [...podStreams(parts, seen), ...tapStreams(parts, seen)]
  const repairing = streams.map(({ source, mapper, archive }) => {
    if (!archive) return undefined
    const name = `${source.name} archive`
    const lane = { ...archive, mapper, exporter: told.exporter(name, guarded(shared)), state: committing }
    return supervise(name, () => repairLane(lane, lifetime), supervision)
  })
  const ends = await Promise.all(
    streams.map(({ source, mapper, coverage }) => {
      const exporter = told.exporter(source.name, guarded(shared))
      const run = async () => {
        coverage?.enter()
        await ship({ source, mapper, exporter, state: committing }, lifetime)
      }
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
  await ordered
  const unclean = streams.flatMap(({ source }, i) =>
    ends[i] === undefined ? [] : [{ source, end: ends[i] }],
  )
  for (const { source, end } of unclean) told.endedUncleanly(source.name, end)
  for (const { coverage } of streams) coverage?.enter()
  return unclean.length === 0 && !lost
}

function podStreams({ settings, clock, state, log }: WorkerParts, seen: Drift): Stream[] {
  const { own, proxies } = settings
  const { podClusterId: clusterId, podToken: token, podUrl: url } = own
  if (clusterId === undefined || token === undefined) return []
  const mapper = mapperFor('pod', clusterId, settings, seen)
  return own.podStreams.map(type => {
    const stream = podStream(type, clusterId)
    state.startedAt(stream)
    const ledger = state.ledger(stream)
    const covered = coverage(ledger)
    const common = {
      url,
      clusterId,
      type,
      agent: webSocketAgent(url, proxies),
      clock,
      waitingBytes: own.maxBufferBytes / WAITING_PLACES,
    }
    const source = podLiveSource({
      ...common,
      token: token.read,
      onOpened: covered.opened,
      onGap: (from, to) => tellGap(log, 'pod-gap', stream, from, to),
    })
    if (!own.podArchiveToken || own.podRepair === 'never') return { source, mapper, coverage: covered }
    const archived = { ...common, token: own.podArchiveToken.read, known: ledger.known }
    const archive = {
      stream,
      ledger,
      repair: own.podRepair,
      sourceOf: (read: HourRead) => podArchiveSource(archived, read),
      // No public document says that the archive holds audit events.
      mayBeUnsupported: type === 'audit',
      clock,
      log,
    }
    return { source, mapper, coverage: covered, archive }
  })
}

function tapStreams({ settings, clock, state, log }: WorkerParts, seen: Drift): Stream[] {
  const { own, proxies } = settings
  const { tapPrincipal: principal, tapSecret: secret, tapUrl: url } = own
  if (principal === undefined || secret === undefined) return []
  const stream = tapStream(principal)
  const delivered = state.delivered(stream)
  const ledger = state.ledger(stream)
  return [
    {
      source: tapSource({
        url,
        principal,
        secret: secret.read,
        intervalMs: own.tapInterval,
        lookBackMs: own.tapLookBack,
        dailyRequests: own.tapDailyRequests,
        start: startOf(own.start, state.startedAt(stream)),
        dispatcher: dispatcher({ url, proxies }),
        clock,
        budget: state.budget(stream),
        known: delivered.has,
        onSettled: settled => {
          ledger.settled(settled)
          delivered.forgetBefore(settled)
        },
        onSkew: aheadMs => {
          const minutes = Math.round(aheadMs / 60_000)
          tellError(log, 'clock-skew', `${stream}: TAP is ahead by ${minutes} min`, { stream, minutes })
        },
        onHole: (from, to) => {
          tellGap(log, 'tap-gap', stream, from, to)
          for (let hour = hourOf(from); hour < to; hour += HOUR_MS) ledger.lose(hour, 'TAP keeps seven days')
        },
      }),
      mapper: mapperFor('tap', principal, settings, seen),
    },
  ]
}

const mapperFor = (product: 'pod' | 'tap', account: string, settings: WorkerSettings, seen: Drift): Mapper =>
  seen.watch(onUnknown => accountMapper(product, account, settings, onUnknown))

function tellGap(log: Log, code: 'pod-gap' | 'tap-gap', stream: string, from: number, to: number): void {
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  tellError(log, code, `${stream}: from ${span.from} to ${span.to}`, { stream, ...span })
}

/** `now` means an hour back for TAP, whose events appear late. */
function startOf(start: Start, startedAt: number): number {
  if ('timeMs' in start) return start.timeMs
  return startedAt - ('backMs' in start ? start.backMs : HOUR_MS)
}
