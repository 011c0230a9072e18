/** The state of any hour of a stream: what its row says, or else what time says. */
import { HOUR_MS, hourOf } from '../clock.ts'
import type { HourState } from './ledger.ts'
import type { StreamRow } from './streams.ts'

/** An hour that something happened in. Times are ms since 1970. */
export interface HourRow {
  readonly hour: number
  /** Null where time decides. */
  readonly state: 'suspect' | 'verified' | 'lost' | null
  /** 0 once live coverage was broken. */
  readonly covered: number
  readonly reason: string | null
  readonly changedAt: number | null
  /** Not before then; 0 before the first read. */
  readonly nextReadAt: number
  readonly lacking: number
  /** By the live lane, by the repair lane, and read again but known. */
  readonly delivered: number
  readonly repaired: number
  readonly alreadyDelivered: number
  readonly deadLettered: number
}

export const HOUR_COLUMNS = `hour, state, covered, reason, changed_at AS changedAt, next_read_at AS nextReadAt, lacking,
  delivered, repaired, already_delivered AS alreadyDelivered, dead_lettered AS deadLettered`

/** Up to when live delivery covers the stream, ms since 1970: its last commit, or how far it was polled. */
export const coveredUntil = ({ startedAt, committedAt, openedAt, settledAt }: StreamRow): number =>
  openedAt === null && settledAt !== null ? settledAt : (committedAt ?? startedAt)

export function stateOf(stream: StreamRow, hour: number, row: HourRow | undefined): HourState {
  const { suspectFrom } = stream
  const provenWithoutLive = row?.state === 'verified' && row.covered === 0
  if (row?.state === 'lost' || provenWithoutLive) return row.state
  if (suspectFrom !== null && hour >= suspectFrom) return 'suspect'
  if (row?.state) return row.state
  return hour >= hourOf(stream.startedAt) && hour <= hourOf(coveredUntil(stream)) ? 'live' : 'unknown'
}

/** Whether live delivery was unbroken during the hour, or the part of it before `to`. */
export function isCovered(
  stream: StreamRow,
  hour: number,
  row: HourRow | undefined,
  to = hour + HOUR_MS,
): boolean {
  const { startedAt, suspectFrom } = stream
  const isBroken = row?.covered === 0 || (suspectFrom !== null && hour >= suspectFrom)
  return !isBroken && hour >= hourOf(startedAt) && coveredUntil(stream) >= Math.min(hour + HOUR_MS, to)
}
