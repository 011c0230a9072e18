/** Which hours of a stream are read next. */
import { HOUR_MS, hourOf } from '../clock.ts'
import { allCameBy, broughtAll, type HourRow, stateOf } from './hours.ts'
import type { Archive, DueHour, Repair } from './ledger.ts'
import type { StreamRow } from './streams.ts'

/** An hour that is to be read, and when at the earliest, ms since 1970. */
export interface PlannedHour extends DueHour {
  readonly at: number
}

export interface Plan extends Pick<Archive, 'settlesIn' | 'proof'> {
  /** How late events of the stream may come, ms. */
  readonly margin: number
  readonly oldest: number
  readonly repair: Repair
}

/** What live delivery covers is noted so late at most, while nothing holds it up. */
const CATCHING_UP_MS = 5 * 60_000

/**
 * When the hour can be read at the earliest, ms since 1970: it is settled when its own late events have been filed.
 * `nextReadAt` and `margin` as in `HourRow` and `Plan`.
 */
export const readableAt = (
  hour: number,
  nextReadAt: number,
  { settlesIn, margin }: Pick<Plan, 'settlesIn' | 'margin'>,
): number => Math.max(nextReadAt, hour + HOUR_MS + settlesIn(margin))

/** The oldest hour that the archive still keeps as a whole. */
export const oldestKept = ({ keepsMs }: Pick<Archive, 'keepsMs'>, now: number): number =>
  hourOf(now - keepsMs) + HOUR_MS

/**
 * Those that are to be repaired, then those that are live and to be read all the same, then those that were asked for by
 * hand; each from the oldest on, which the archive drops first. `rows`: those since the oldest that it keeps, in order.
 */
export function* plannedHours(
  stream: StreamRow,
  rows: readonly HourRow[],
  { settlesIn, proof, margin, oldest, repair }: Plan,
): Generator<PlannedHour> {
  const planned = (hour: number, nextReadAt: number, purpose: DueHour['purpose']): PlannedHour => ({
    hour,
    at: readableAt(hour, nextReadAt, { settlesIn, margin }),
    purpose,
  })
  const isRepaired = ({ state, onlyAsked }: HourRow) =>
    repair !== 'never' && state === 'suspect' && onlyAsked === 0
  for (const row of rows) if (isRepaired(row)) yield planned(row.hour, row.nextReadAt, 'repair')
  if (repair === 'always') yield* liveHours()
  for (const row of rows)
    if (row.asked === 1 && !isRepaired(row))
      yield planned(
        row.hour,
        Math.max(row.nextReadAt, row.state === null ? broughtAt(row.hour) : 0),
        'backfill',
      )

  /** When a live hour was brought by live delivery, if that goes on. Read earlier it would take reads that agree. */
  function broughtAt(hour: number): number {
    return proof === 'agreeing reads' ? allCameBy(hour, margin) + CATCHING_UP_MS : 0
  }

  function* liveHours(): Generator<PlannedHour> {
    const byHour = new Map(rows.map(row => [row.hour, row]))
    const first = Math.max(hourOf(stream.startedAt), oldest)
    // Read earlier, what live delivery still has to bring would be asked of the archive, more than once.
    const late = proof === 'agreeing reads' ? margin : 0
    for (let hour = first; broughtAll(stream, hour, late); hour += HOUR_MS) {
      const row = byHour.get(hour)
      if (stateOf(stream, hour, row, margin) === 'live') yield planned(hour, row?.nextReadAt ?? 0, 'repair')
    }
  }
}
