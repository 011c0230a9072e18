import { HOUR_MS, hourName, parseTime } from '../clock.ts'
import {
  type HourSummary,
  readState,
  type Span,
  type StateReader,
  type StreamSummary,
} from '../state/read.ts'
import { hourOfRecord } from '../ulid.ts'
import { clockOf } from '../worker/settings.ts'
import { type NextRead, nextRead } from './next-read.ts'
import { parseOptions } from './options.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'
import { reportText } from './report-text.ts'
import { type ReportSettings, reportSettingsOf, stateDirectoryOf } from './settings.ts'

/** Longer spans are asked for by mistake. */
const LONGEST_SPAN_MS = 366 * 24 * HOUR_MS

/** A live session that is quiet says twice a minute that it is held. */
const POD_LAG_MS = 5 * 60_000
/** TAP's settled point is at most an hour behind. */
const TAP_LAG_MS = HOUR_MS + 5 * 60_000

/**
 * `report [--json] [--stream NAME ...] [--from ISO --to ISO [--strict]]`: the state of each hour of each stream, or of some;
 * also beside a running worker. With a span it answers whether that is complete, by exit code too.
 */
export async function report({ env, args, out }: Outside): Promise<ExitCode> {
  const { values } = parseOptions('report', args, {
    json: { type: 'boolean' },
    stream: { type: 'string', multiple: true },
    from: { type: 'string' },
    to: { type: 'string' },
    strict: { type: 'boolean' },
  })
  const span = spanOf(values.from, values.to)
  if (values.strict && !span) throw refusal('--strict is for a span: give --from and --to too')
  const settings = reportSettingsOf(env)
  const clock = clockOf(settings)
  const state = readState(stateDirectoryOf(env))
  try {
    const asked = { span, strict: values.strict ?? false, names: values.stream, settings, now: clock.now() }
    const facts = factsOf(state, asked)
    out(values.json ? `${JSON.stringify(facts, undefined, 2)}\n` : reportText(facts))
    return facts.complete === false ? exitCode.incomplete : exitCode.ok
  } finally {
    state.close()
  }
}

const refusal = (message: string) => new CommandError(exitCode.settings, `report: ${message}`)

function spanOf(fromText: string | undefined, toText: string | undefined): Span | undefined {
  if (fromText === undefined && toText === undefined) return undefined
  const [from, to] = [parseTime(fromText ?? ''), parseTime(toText ?? '')]
  if (from === undefined || to === undefined)
    throw refusal(
      '--from and --to are given together, as ISO times with Z or an offset, such as 2026-11-22T02:00:00Z',
    )
  if (to <= from) throw refusal('--to must be after --from')
  if (to - from > LONGEST_SPAN_MS) throw refusal('a span has at most 366 days')
  return { from, to }
}

const iso = (ms: number) => new Date(ms).toISOString()
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms))

export type ReportFacts = ReturnType<typeof factsOf>

interface Asked {
  readonly span: Span | undefined
  readonly strict: boolean
  /** Of the streams that the question is about; undefined: all. */
  readonly names: readonly string[] | undefined
  readonly settings: ReportSettings
  /** ms since 1970. */
  readonly now: number
}

function factsOf(state: StateReader, { span, strict, names, settings, now }: Asked) {
  const run = state.lastRun()
  const streams = streamsOf(state, names)
  const byName = new Map(streams.map(stream => [stream.stream, stream]))
  const hours = state.hours(span).filter(({ stream }) => byName.has(stream))
  const rereading = (hour: HourSummary): NextRead | undefined =>
    hour.state === 'suspect' ? nextRead(hour, byName.get(hour.stream)!, settings, now) : undefined
  const open = hours.filter(hour => !isProven(hour, strict)).sort((a, b) => a.hour - b.hour)
  const [firstOpen] = open
  const openHours = open.length
  const openDeadLetters = span ? openLettersIn(state, span).filter(one => byName.has(one.stream)).length : 0
  const evictedUndelivered = hours.reduce((sum, { evicted }) => sum + evicted, 0)
  const droppedUndelivered = hours.reduce((sum, { dropped }) => sum + dropped, 0)
  return {
    at: iso(now),
    ...(span && {
      span: { from: iso(span.from), to: iso(span.to), strict },
      complete:
        streams.length > 0 && openHours + openDeadLetters + evictedUndelivered + droppedUndelivered === 0,
      openHours,
      firstOpenHour: firstOpen && {
        stream: firstOpen.stream,
        hour: hourName(firstOpen.hour),
        why: whyOpen(firstOpen, byName.get(firstOpen.stream)!, now),
      },
      openDeadLetters,
      evictedUndelivered,
      droppedUndelivered,
    }),
    lastRun: run && {
      startedAt: iso(run.startedAt),
      endedAt: isoOrNull(run.endedAt),
      cleanly: run.ended === 'cleanly',
      died: state.died(),
    },
    streams: streams.map(({ stream, startedAt, committedAt, coveredUntil, unsupported, borrowing }) => ({
      stream,
      startedAt: iso(startedAt),
      committedAt: isoOrNull(committedAt),
      coveredUntil: iso(coveredUntil),
      notCoveredForMs: now - coveredUntil > lagOf(stream) ? now - coveredUntil : null,
      unsupported,
      borrowing,
      hours: hours.filter(hour => hour.stream === stream).map(hour => hourFacts(hour, rereading(hour))),
    })),
    deadLetters: state.deadLetters.totals(),
    evictedDeadLetters: state.deadLetters.evicted(),
  }
}

/** An hour that is live only up to now, or to the last sign of life, is not proven to its end. */
const isProven = ({ state, covered }: HourSummary, strict: boolean): boolean =>
  state === 'verified' || (state === 'live' && covered && !strict)

/** Those whose events may be undelivered. */
const openLettersIn = (state: StateReader, { from, to }: Span) =>
  [...state.deadLetters.list()].filter(({ uid, observedAt, cause }) => {
    const hour = hourOfRecord(uid, observedAt)
    return cause !== 'oversize' && hour + HOUR_MS > from && hour < to
  })

function streamsOf(state: StateReader, names: readonly string[] | undefined): readonly StreamSummary[] {
  const all = state.streams()
  const known = all.map(({ stream }) => stream)
  if (names?.some(name => !known.includes(name)))
    throw refusal(`--stream takes one of ${known.join(', ') || 'those that a worker has started: none yet'}`)
  return names ? all.filter(({ stream }) => names.includes(stream)) : all
}

const lagOf = (stream: string): number => (stream.startsWith('pod/') ? POD_LAG_MS : TAP_LAG_MS)

/** Why the hour is not proven. */
function whyOpen(
  { hour, state, reason, covered }: HourSummary,
  { coveredUntil }: StreamSummary,
  now: number,
) {
  if (state !== 'live') return reason === null ? state : `${state}: ${reason}`
  if (covered) return 'live, not verified yet'
  if (hour + HOUR_MS > now) return 'it lasts still'
  return coveredUntil < hour + HOUR_MS
    ? `live delivery covers it only until ${iso(coveredUntil)}`
    : 'live delivery does not cover it from its begin'
}

const hourFacts = (
  { stream: _, hour, changes, nextReadAt: __, ...facts }: HourSummary,
  next: NextRead | undefined,
) => ({
  hour: hourName(hour),
  ...facts,
  nextReadAt: next && 'at' in next ? iso(next.at) : undefined,
  notReadAgain: next && 'never' in next ? next.never : undefined,
  changes: changes.map(change => ({ ...change, at: iso(change.at) })),
})
