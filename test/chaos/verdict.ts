/** What existed against what arrived, and what the worker itself says of it. */
import { DAY_MS, HOUR_MS } from '../../src/clock.ts'
import { type StreamName, tapArrays } from '../../src/simulator/streams.ts'
import { type Arrivals, keyOf } from './arrivals.ts'
import type { Simulated } from './simulated.ts'

/** What `report --json` says, as far as it is needed here. */
export interface Report {
  readonly openDeadLetters: number
  readonly streams: readonly { readonly stream: string; readonly hours: readonly ReportedHour[] }[]
}
export interface ReportedHour {
  readonly hour: string
  readonly state: string
  readonly covered: boolean
  readonly changes: readonly { readonly at: string; readonly state: string }[]
}

/** From `from` on and before `to`, ms since 1970, full hours. */
export interface Span {
  readonly from: number
  readonly to: number
}

export interface Verdict {
  /** Events of the span. */
  readonly existed: number
  /** All that arrived, with repetitions, and the share of those. */
  readonly records: number
  readonly repeatedShare: number
  /** Events that did not arrive, of hours that the worker calls proven: there must be none. */
  readonly missing: readonly string[]
  /** Events that did not arrive, of hours that the worker names as lost. */
  readonly named: number
  /** Events that did not arrive, of hours that are still to be repaired. */
  readonly waiting: number
  /** What arrived and never existed, and what contradicts itself: there must be none. */
  readonly wrong: readonly string[]
  /** Hours that were given up while the archive still had them: there must be none. */
  readonly givenUp: number
  /** Hours of streams by their state at the end. */
  readonly hours: Readonly<Record<string, number>>
  /** Hours that were suspect, and are verified. */
  readonly repaired: number
  /** Hours that are neither proven nor named as lost: there must be none. */
  readonly open: number
  readonly deadLetters: number
}

export const holds = ({ missing, wrong, givenUp, open, deadLetters }: Verdict): boolean =>
  missing.length + wrong.length + givenUp + open + deadLetters === 0

/** What Proofpoint keeps. TAP is asked for no more than that, less the time that a request takes. */
const KEPT_MS = { pod: 30 * DAY_MS, tap: 7 * DAY_MS - 2 * HOUR_MS }

const isGivenUp = (stream: string, { hour, state, changes }: ReportedHour): boolean => {
  if (state !== 'lost') return false
  const at = changes.findLast(change => change.state === 'lost')?.at ?? hour
  return Date.parse(at) - beginOf(hour) < KEPT_MS[stream.startsWith('tap') ? 'tap' : 'pod']
}

const beginOf = (hour: string): number => Date.parse(hour.replace('Z', ':00Z'))

/** Whether an hour is complete, as `report` judges it without `--strict`. */
export const isProven = ({ state, covered }: Pick<ReportedHour, 'state' | 'covered'>): boolean =>
  state === 'verified' || (state === 'live' && covered)

/** `begin` and `end`: of the world, virtual. */
export async function judge(
  { from, to }: Span,
  report: Report,
  arrivals: Arrivals,
  simulator: Pick<Simulated, 'existing'>,
  { begin, end }: { readonly begin: number; readonly end: number },
): Promise<Verdict> {
  const hours = report.streams.flatMap(stream => stream.hours)
  const absent = new Set<string>()
  let existed = 0
  for await (const event of simulator.existing(from, to)) {
    existed++
    if (!arrivals.has(event)) absent.add(keyOf(event))
  }
  const excused = async (isMeant: (hour: ReportedHour) => boolean): Promise<number> => {
    const before = absent.size
    for (const { stream, hours } of report.streams) {
      const names = streamsOf(stream)
      for (const { hour } of absent.size > 0 ? hours.filter(isMeant) : []) {
        const start = beginOf(hour)
        for await (const event of simulator.existing(start, start + HOUR_MS))
          if (names.includes(event.stream)) absent.delete(keyOf(event))
      }
    }
    return before - absent.size
  }
  const isOpen = (hour: ReportedHour) => hour.state !== 'lost' && !isProven(hour)
  const named = await excused(({ state }) => state === 'lost')
  const waiting = await excused(isOpen)
  const strangers = new Set(arrivals.keys())
  // TAP begins an hour back.
  for await (const event of simulator.existing(begin - 2 * HOUR_MS, end)) strangers.delete(keyOf(event))
  return {
    existed,
    records: arrivals.records(),
    repeatedShare: 1 - arrivals.events() / arrivals.records(),
    missing: [...absent],
    named,
    waiting,
    wrong: [...arrivals.contradictions(), ...strangers.values().map(key => `${key} never existed`)],
    givenUp: report.streams.reduce(
      (sum, { stream, hours }) => sum + hours.filter(hour => isGivenUp(stream, hour)).length,
      0,
    ),
    hours: Object.fromEntries(
      Map.groupBy(hours, hour => hour.state)
        .entries()
        .map(([state, { length }]) => [state, length]),
    ),
    repaired: hours.filter(
      ({ state, changes }) => state === 'verified' && changes.some(change => change.state === 'suspect'),
    ).length,
    open: hours.filter(isOpen).length,
    deadLetters: report.openDeadLetters,
  }
}

/** The simulator's streams that the worker reports as one. */
const streamsOf = (reported: string): readonly StreamName[] => {
  const [, type] = /^pod\/(message|maillog|audit)@/.exec(reported) ?? []
  return type === undefined ? tapArrays : [type as StreamName]
}
