import { type Clock, HOUR_MS, hourOf } from '../clock.ts'
import { tapArchive, tapHourSource } from '../proofpoint/tap/archive.ts'
import { tapReader } from '../proofpoint/tap/reader.ts'
import { tapSource, tapStream } from '../proofpoint/tap/source.ts'
import { dispatcher } from '../proxy.ts'
import type { Start } from '../settings/kinds.ts'
import { tapSettledMs } from './archives.ts'
import type { HourRead } from './repair.ts'
import { shareOf } from './share.ts'
import { mapperFor, type Stream, type StreamParts, tellGap } from './streams.ts'
import { tellLate, tellSkew, watchSteadiness } from './tap-telling.ts'

/** The stream of the TAP SIEM API, if it is configured: its polls, and beside them the reading of hours once more. */
export function tapStreams(parts: StreamParts): Stream[] {
  const { settings, clock, state, log } = parts
  const { own, proxies } = settings
  const { tapPrincipal: principal, tapSecret: secret, tapUrl: url } = own
  if (principal === undefined || secret === undefined) return []
  const stream = tapStream(principal)
  const start = state.startedAt(stream, beginOf(own.start, clock))
  const isSwept = own.tapSweep !== 'off'
  const repair = isSwept ? 'always' : 'suspect'
  const settledMs = tapSettledMs(own)
  const ledger = state.ledger(stream, tapArchive(settledMs))
  const delivered = state.delivered(stream)
  const reader = tapReader({
    url,
    principal,
    secret: secret.read,
    dispatcher: dispatcher({ url, proxies }),
    dailyRequests: own.tapDailyRequests,
    backfillShare: own.tapBackfillShare,
    pageBytes: shareOf(own),
    clock,
    budget: state.budget(stream),
    onSkew: tellSkew(log, stream),
  })
  const source = tapSource({
    principal,
    reader,
    intervalMs: own.tapInterval,
    lookBackMs: own.tapLookBack,
    start,
    clock,
    known: delivered.has,
    onSettled: settled => {
      ledger.settled(settled)
      delivered.forgetBefore(Math.min(settled, ledger.oldestToRead(repair) ?? settled))
    },
    onHole: (from, to) => {
      tellGap(log, 'tap-gap', stream, from, to)
      for (let hour = hourOf(from); hour < to; hour += HOUR_MS) ledger.lose(hour, 'TAP keeps seven days')
    },
  })
  const archived = { principal, reader, start, settledMs, known: delivered.has }
  const archive = {
    stream,
    ledger,
    repair,
    sourceOf: (read: HourRead) => tapHourSource(archived, read),
    mayBeUnsupported: false,
    refusedSince: new Map(),
    onBrought: tellLate(log, stream, own.tapLookBack),
    clock: reader.earlier,
    log,
  } as const
  return [{ source, mapper: watchSteadiness(mapperFor('tap', principal, parts), log, stream), archive }]
}

/** Where a stream begins that starts now for the first time. `now` means an hour back, as TAP's events appear late. */
function beginOf(start: Start, clock: Clock): number {
  if ('timeMs' in start) return Math.min(start.timeMs, clock.now())
  return clock.now() - ('backMs' in start ? start.backMs : HOUR_MS)
}
