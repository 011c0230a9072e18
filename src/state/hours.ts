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
  /** Dead letters that are gone for want of room, and whose events may be undelivered. */
  readonly evicted: number
  /** Those that were dropped by hand, and whose events may be undelivered. */
  readonly dropped: number
  /** 1 while it was asked for by hand, and is neither verified nor lost. */
  readonly asked: number
  /** 1 while it is suspect for no other reason. */
  readonly onlyAsked: number
}

export const HOUR_COLUMNS = `hour, state, covered, reason, changed_at AS changedAt, next_read_at AS nextReadAt, lacking,
  delivered, repaired, already_delivered AS alreadyDelivered, dead_lettered AS deadLettered, evicted, dropped, asked,
  only_asked AS onlyAsked`

const isPolled = ({ openedAt, settledAt }: StreamRow): boolean => openedAt === null && settledAt !== null

/** Up to when live delivery covers the stream, ms since 1970: how far it was polled, or as its pages say. */
export const coveredUntil = (stream: StreamRow): number =>
  (isPolled(stream) ? stream.settledAt : stream.coveredAt) ?? stream.startedAt

/**
 * Up to when hours are live, covered or not. What a session still brings late is not unknown. Polls read past the settled
 * point, less than an hour: what they have read is not unknown while it is not settled.
 */
export const liveUntil = (stream: StreamRow): number => {
  const covered = coveredUntil(stream)
  const committed = stream.committedAt ?? covered
  return Math.max(covered, isPolled(stream) ? Math.min(committed, covered + HOUR_MS - 1) : committed)
}

/** When nothing of the hour is still to come, ms since 1970. `margin`: how late events of the stream may come, ms. */
export const allCameBy = (hour: number, margin: number): number => hour + HOUR_MS + margin

/**
 * Whether it was verified without the help of live delivery, and nothing of it was still to come when it was read last.
 * `margin`: how late events of the stream may come, as is known now, ms.
 */
export const isProvenAlone = ({ hour, state, covered, changedAt }: HourRow, margin: number): boolean =>
  state === 'verified' && covered === 0 && (changedAt ?? 0) >= allCameBy(hour, margin)

/** `margin` as in `isProvenAlone`. */
export function stateOf(
  stream: StreamRow,
  hour: number,
  row: HourRow | undefined,
  margin: number,
): HourState {
  const { suspectFrom } = stream
  if (row?.state === 'lost') return 'lost'
  if (row && isProvenAlone(row, margin)) return 'verified'
  if (suspectFrom !== null && hour >= suspectFrom) return 'suspect'
  if (row?.state) return row.state
  return hour >= hourOf(stream.startedAt) && hour <= hourOf(liveUntil(stream)) ? 'live' : 'unknown'
}

/** Whether live delivery was unbroken during the hour, or the part of it from `from` on and before `to`. */
export function isCovered(
  stream: StreamRow,
  hour: number,
  row: HourRow | undefined,
  { from, to }: { readonly from: number; readonly to: number } = { from: hour, to: hour + HOUR_MS },
): boolean {
  const { startedAt, suspectFrom } = stream
  const isBroken = row?.covered === 0 || (suspectFrom !== null && hour >= suspectFrom)
  const isWhole = Math.max(hour, from) >= startedAt && coveredUntil(stream) >= Math.min(hour + HOUR_MS, to)
  return !isBroken && isWhole
}

/**
 * Whether live delivery has come so far that it brought the latest events of the hour too, where it was unbroken. `margin` as
 * in `isProvenAlone`.
 */
export const broughtAll = (stream: StreamRow, hour: number, margin: number): boolean =>
  coveredUntil(stream) >= allCameBy(hour, margin)

/** What asking for an hour by hand comes to. */
export type Asking =
  /** It is verified, or live delivery covers it from its begin to its end. */
  | 'nothing to bring'
  /** It is suspect, or lasts: it is read as it stands. */
  | 'read'
  /** Nothing is proven of it, or of the part of it before the stream's start: it becomes suspect, and is read. */
  | 'doubt and read'

export function askingFor(stream: StreamRow, hour: number, row: HourRow | undefined, margin: number): Asking {
  const state = stateOf(stream, hour, row, margin)
  if (state === 'verified') return 'nothing to bring'
  if (state === 'suspect') return 'read'
  if (state !== 'live' || hour < stream.startedAt) return 'doubt and read'
  return isCovered(stream, hour, row) ? 'nothing to bring' : 'read'
}
