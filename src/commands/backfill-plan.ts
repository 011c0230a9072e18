/** What a backfill would do, before it does it. */
import { DAY_MS, HOUR_MS, hourOf, parseTime } from '../clock.ts'
import type { Settings } from '../settings/read.ts'
import { oldestKept } from '../state/due-hours.ts'
import type { Span, StateReader } from '../state/read.ts'
import { archiveOf } from '../worker/archives.ts'
import { CommandError, exitCode } from './outside.ts'

export interface BackfillOrder {
  readonly stream: string
  /** Whole hours. */
  readonly span: Span
  /** Whether the times that were given lay within hours. */
  readonly rounded: boolean
}

export interface BackfillPlan extends BackfillOrder {
  /** The hours that are read; the rest is skipped, or beyond what the archive keeps. */
  readonly hours: readonly number[]
  readonly beyond: number
  /** When the last one can be read at the earliest, if that is not yet. */
  readonly waitsUntil: number | undefined
}

/** What the words after `backfill` ask for: a stream that the state knows, and whole hours around the two times. */
export function orderOf(
  { stream, from, to }: { readonly stream?: string; readonly from?: string; readonly to?: string },
  known: readonly string[],
  now: number,
): BackfillOrder {
  const [begin, end] = [parseTime(from ?? ''), parseTime(to ?? '')]
  const faults = [
    ...(stream === undefined || !known.includes(stream)
      ? [`--stream takes one of ${known.join(', ') || 'those that a worker has started: none yet'}`]
      : []),
    ...(begin === undefined ? ['--from takes a time such as 2026-11-22T02:00:00Z'] : []),
    ...(end === undefined ? ['--to takes a time such as 2026-11-22T06:00:00Z'] : []),
    ...(begin !== undefined && end !== undefined && end <= begin ? ['--to must be after --from'] : []),
    ...(end !== undefined && end > now ? [`--to is in the future: it is ${iso(now)} now`] : []),
  ]
  if (faults.length > 0 || stream === undefined || begin === undefined || end === undefined)
    throw new CommandError(exitCode.settings, `backfill: ${faults.join('; ')}`)
  const span = { from: hourOf(begin), to: hourOf(end - 1) + HOUR_MS }
  return { stream, span, rounded: span.from < begin || span.to > end }
}

export function planOf(order: BackfillOrder, state: StateReader, own: Settings, now: number): BackfillPlan {
  const { stream, span } = order
  const archive = archiveOf(stream, own)
  const oldest = oldestKept(archive, now)
  const kept = state.askingFor(stream, { ...span, from: Math.max(span.from, oldest) })
  const hours = kept.filter(({ asking }) => asking !== 'nothing to bring').map(({ hour }) => hour)
  const readableAt = (hours.at(-1) ?? 0) + HOUR_MS + archive.settlesIn(HOUR_MS)
  return {
    ...order,
    hours,
    beyond: Math.max(0, Math.min(span.to, oldest) - span.from) / HOUR_MS,
    waitsUntil: readableAt > now ? readableAt : undefined,
  }
}

/** The plan for people, a fact a line. */
export function planText(
  { stream, span, rounded, hours, beyond, waitsUntil }: BackfillPlan,
  own: Settings,
): string {
  const all = (span.to - span.from) / HOUR_MS
  const skipped = all - beyond - hours.length
  const { keepsMs, proof } = archiveOf(stream, own)
  const share = Math.floor(own.tapDailyRequests * own.tapBackfillShare)
  const cost =
    proof === 'one read'
      ? `in at least ${hours.length} requests; ${share} of a day's are kept for backfill`
      : `in at least ${2 * hours.length} archive sessions: two of each hour, 15 minutes apart or more, must agree, and three where an hour holds few events`
  const lines = [
    `${stream}: ${counted(all)} from ${iso(span.from)} to ${iso(span.to)}${rounded ? ', rounded to whole hours' : ''}`,
    ...(skipped > 0 ? [`  ${counted(skipped)} skipped: verified, or live from begin to end`] : []),
    ...(beyond > 0
      ? [
          `  ${counted(beyond)} out of reach: the archive keeps ${keepsMs / DAY_MS} days, these cannot be read`,
        ]
      : []),
    `  ${counted(hours.length)} to be read${hours.length > 0 ? `, ${cost}` : ''}`,
    ...(waitsUntil === undefined ? [] : [`  the last one can be read from ${iso(waitsUntil)} on`]),
  ]
  return `${lines.join('\n')}\n`
}

export const counted = (hours: number): string => (hours === 1 ? 'an hour' : `${hours} hours`)

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
