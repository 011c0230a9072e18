import { HOUR_MS, parseTime } from '../clock.ts'
import { type HourSummary, readState, type Span, type StateReader } from '../state/read.ts'
import { hourOfRecord } from '../ulid.ts'
import { parseOptions } from './options.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'
import { reportText } from './report-text.ts'
import { stateDirectoryOf } from './settings.ts'

/** Longer spans are asked for by mistake. */
const LONGEST_SPAN_MS = 366 * 24 * HOUR_MS

/**
 * `report [--json] [--from ISO --to ISO [--strict]]`: the state of each hour of each stream; also beside a running worker.
 * With a span it answers whether that is complete, by exit code too.
 */
export async function report({ env, args, out }: Outside): Promise<ExitCode> {
  const { values } = parseOptions('report', args, {
    json: { type: 'boolean' },
    from: { type: 'string' },
    to: { type: 'string' },
    strict: { type: 'boolean' },
  })
  const span = spanOf(values.from, values.to)
  if (values.strict && !span) throw refusal('--strict is for a span: give --from and --to too')
  const state = readState(stateDirectoryOf(env))
  try {
    const facts = factsOf(state, span, values.strict ?? false)
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

function factsOf(state: StateReader, span: Span | undefined, strict: boolean) {
  const run = state.lastRun()
  const hours = state.hours(span)
  const streams = state.streams()
  const openHours = hours.filter(hour => !isProven(hour, strict)).length
  const openDeadLetters = span ? openLettersIn(state, span).length : 0
  const evictedUndelivered = hours.reduce((sum, { evicted }) => sum + evicted, 0)
  const droppedUndelivered = hours.reduce((sum, { dropped }) => sum + dropped, 0)
  return {
    ...(span && {
      span: { from: iso(span.from), to: iso(span.to), strict },
      complete:
        streams.length > 0 && openHours + openDeadLetters + evictedUndelivered + droppedUndelivered === 0,
      openHours,
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
      unsupported,
      borrowing,
      hours: hours.filter(hour => hour.stream === stream).map(hourFacts),
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

const hourFacts = ({ stream: _, hour, changes, ...facts }: HourSummary) => ({
  hour: `${iso(hour).slice(0, 13)}:00Z`,
  ...facts,
  changes: changes.map(change => ({ ...change, at: iso(change.at) })),
})
