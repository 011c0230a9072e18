import { type Clock, HOUR_MS } from '../clock.ts'
import { errorTable, KnownError } from '../errors.ts'
import { createMapper } from '../mapping/mapper.ts'
import { type Drift, drift, driftLog } from '../operations/drift.ts'
import { journal } from '../operations/journal.ts'
import type { Log } from '../operations/log.ts'
import { guarded } from '../otlp/guard.ts'
import { limited } from '../otlp/limit.ts'
import { origins } from '../otlp/resource.ts'
import { type Exporter, type Lifetime, type Mapper, type Source, ship } from '../pipeline.ts'
import { podLiveSource, podStream } from '../proofpoint/pod/live.ts'
import { tapSource, tapStream } from '../proofpoint/tap/source.ts'
import { dispatcher, webSocketAgent } from '../proxy.ts'
import type { Start } from '../settings/kinds.ts'
import type { WorkerState } from '../state/open.ts'
import { type Failure, supervise } from '../supervise.ts'
import { version } from '../version.ts'
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
  const streams = [...podStreams(parts, seen), ...tapStreams(parts, seen)]
  const ends = await Promise.all(
    streams.map(({ source, mapper }) => {
      const exporter = told.exporter(source.name, guarded(shared))
      const run = () => ship({ source, mapper, exporter, state: committing }, lifetime)
      return supervise(source.name, run, { stop: lifetime.stop, failed, clock: parts.clock })
    }),
  )
  const unclean = streams.flatMap(({ source }, i) =>
    ends[i] === undefined ? [] : [{ source, end: ends[i] }],
  )
  for (const { source, end } of unclean) told.endedUncleanly(source.name, end)
  return unclean.length === 0 && !lost
}

function podStreams({ settings, clock, log }: WorkerParts, seen: Drift): Stream[] {
  const { own, proxies } = settings
  const { podClusterId: clusterId, podToken: token, podUrl: url } = own
  if (clusterId === undefined || token === undefined) return []
  const mapper = mapperFor('pod', clusterId, settings, seen)
  return own.podStreams.map(type => ({
    source: podLiveSource({
      url,
      clusterId,
      type,
      token: token.read,
      agent: webSocketAgent(url, proxies),
      clock,
      waitingBytes: own.maxBufferBytes / WAITING_PLACES,
      onGap: (from, to) => tellGap(log, 'pod-gap', podStream(type, clusterId), from, to),
    }),
    mapper,
  }))
}

function tapStreams({ settings, clock, state, log }: WorkerParts, seen: Drift): Stream[] {
  const { own, proxies } = settings
  const { tapPrincipal: principal, tapSecret: secret, tapUrl: url } = own
  if (principal === undefined || secret === undefined) return []
  const stream = tapStream(principal)
  const delivered = state.delivered(stream)
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
        onSettled: delivered.forgetBefore,
        onSkew: aheadMs => {
          const { means, operator } = errorTable['clock-skew']
          const minutes = Math.round(aheadMs / 60_000)
          log.error(
            { stream, code: 'clock-skew', minutes },
            `${stream}: TAP is ahead by ${minutes} min: ${means} ${operator}`,
          )
        },
        onHole: (from, to) => tellGap(log, 'tap-gap', stream, from, to),
      }),
      mapper: mapperFor('tap', principal, settings, seen),
    },
  ]
}

function mapperFor(
  product: 'pod' | 'tap',
  account: string,
  { own, otel }: WorkerSettings,
  seen: Drift,
): Mapper {
  const { attributes, body, content, timestamp, eventNameAttribute, unmappedList, maxRecordBytes } = own
  const origin = origins({ product, account, version, attributes: otel.resourceAttributes })
  const options = { attributes, body, content, timestamp, eventNameAttribute, unmappedList, maxRecordBytes }
  return seen.watch(onUnknown => createMapper({ origin, ...options, onUnknown }))
}

function tellGap(log: Log, code: 'pod-gap' | 'tap-gap', stream: string, from: number, to: number): void {
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const { means, operator } = errorTable[code]
  log.error({ stream, code, ...span }, `${stream}: from ${span.from} to ${span.to}: ${means} ${operator}`)
}

/** `now` means an hour back for TAP, whose events appear late. */
function startOf(start: Start, startedAt: number): number {
  if ('timeMs' in start) return start.timeMs
  return startedAt - ('backMs' in start ? start.backMs : HOUR_MS)
}
