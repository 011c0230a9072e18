import type { DatabaseSync } from 'node:sqlite'
import { HOUR_MS, hourOf } from '../clock.ts'
import { type Trust, trustIn } from './borrows.ts'
import { openReadOnly, query, refuseOlder } from './database.ts'
import { type DeadLetters, deadLettersIn } from './dead-letters.ts'
import { diskError } from './disk-error.ts'
import { stateFile } from './files.ts'
import {
  type Asking,
  askingFor,
  coveredUntil,
  HOUR_COLUMNS,
  type HourRow,
  isCovered,
  liveUntil,
  stateOf,
} from './hours.ts'
import type { HourState } from './ledger.ts'
import { isRunning } from './lock.ts'
import { lastRunIn, type Run } from './runs.ts'
import { STREAM_COLUMNS, type StreamRow } from './streams.ts'
import { suspicionsIn } from './suspicion.ts'

/** Times are ms since 1970. */
export interface StreamSummary {
  readonly stream: string
  readonly startedAt: number
  /** The last commit of the live lane; null before the first. */
  readonly committedAt: number | null
  /** Up to when live delivery covers it. */
  readonly coveredUntil: number
  /** How late its events may come, ms. */
  readonly margin: number
  /** Why hours cannot be read again, if the archive does not serve the stream. */
  readonly unsupported: string | null
  /** What is believed of reading its archive with the live token; null when that never happened. */
  readonly borrowing: Trust | null
}

export interface HourChange {
  readonly at: number
  readonly state: HourState
  readonly reason: string
}

export interface HourSummary
  extends Pick<
    HourRow,
    | 'hour'
    | 'delivered'
    | 'repaired'
    | 'alreadyDelivered'
    | 'deadLettered'
    | 'evicted'
    | 'dropped'
    | 'lacking'
    | 'nextReadAt'
    | 'reason'
  > {
  readonly stream: string
  readonly state: HourState
  /** Whether live delivery covers it to its end, or to the end of the span. */
  readonly covered: boolean
  /** Whether it was asked for by hand, and is neither verified nor lost. */
  readonly asked: boolean
  /** Oldest first. */
  readonly changes: readonly HourChange[]
}

export interface AskedHour {
  readonly hour: number
  readonly asking: Asking
}

/** Counts of hours. */
export interface BackfillProgress {
  /** Asked for, and neither verified nor lost yet. */
  readonly waiting: number
  /** Those of them that were read completely at least once. */
  readonly read: number
}

/** From `from` on and before `to`, ms since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The committed state, as it stands at each call. */
export interface StateReader {
  streams(): readonly StreamSummary[]
  /**
   * By stream and hour: every hour of the span; or, without one, every hour since the stream's start, and any other that
   * something is recorded of.
   */
  hours(span?: Span): readonly HourSummary[]
  /** Of a known stream: what asking by hand for each hour of the span comes to, in order. */
  askingFor(stream: string, span: Span): readonly AskedHour[]
  /** How far those hours of the span are that were asked for by hand. */
  backfill(stream: string, span: Span): BackfillProgress
  lastRun(): Run | undefined
  /** Whether the last run was killed, which the next one will find and act upon. Its suspicion is in `hours` already. */
  died(): boolean
  readonly deadLetters: DeadLetters
  close(): void
}

/**
 * Opens the directory's state for reading only, beside a running worker, which it never holds up, or without one. Makes
 * no files but those that SQLite needs beside a file in WAL mode.
 * Throws KnownError `state-missing`, `state-older`, `state-newer`, `state-unreadable` or `state-disk-failure`.
 */
export function readState(directory: string): StateReader {
  const file = stateFile(directory)
  try {
    const db = openReadOnly(file)
    refuseOlder(db, file)
    return stateReader(db, directory)
  } catch (error) {
    throw diskError(error, file) ?? error
  }
}

const nothing = {
  state: null,
  covered: 1,
  reason: null,
  changedAt: null,
  nextReadAt: 0,
  lacking: 0,
  delivered: 0,
  repaired: 0,
  alreadyDelivered: 0,
  deadLettered: 0,
  evicted: 0,
  dropped: 0,
  asked: 0,
  onlyAsked: 0,
} as const satisfies Omit<HourRow, 'hour'>

function stateReader(db: DatabaseSync, directory: string): StateReader {
  const streamRows = query<StreamRow>(db, `SELECT ${STREAM_COLUMNS} FROM streams ORDER BY name`)
  const hourRows = query<HourRow>(db, `SELECT ${HOUR_COLUMNS} FROM hours WHERE stream = ? ORDER BY hour`)
  const changes = query<HourChange & { hour: number }>(
    db,
    'SELECT hour, at, state, reason FROM hour_changes WHERE stream = ? ORDER BY hour, rowid',
  )
  const trustOf = trustIn(db)
  const progress = query<BackfillProgress>(
    db,
    `SELECT count(*) AS waiting, count(CASE WHEN EXISTS (SELECT 1 FROM reads WHERE reads.stream = hours.stream
       AND reads.hour = hours.hour AND ended = 'complete') THEN 1 END) AS read
     FROM hours JOIN streams ON streams.id = hours.stream WHERE name = ? AND hour >= ? AND hour < ? AND asked = 1`,
  )
  const lastRun = lastRunIn(db)
  const isOpen = (): boolean => lastRun()?.ended === null
  // It may have ended cleanly between the two looks.
  const died = (): boolean => isOpen() && !isRunning(directory) && isOpen()

  /** As its last sign of life left them. */
  const suspicionsAt = (row: StreamRow) => suspicionsIn(db, { now: () => coveredUntil(row) })

  /** The streams as the next run will find them. */
  function streams(): StreamRow[] {
    const rows = streamRows.all()
    if (!died()) return rows
    return rows.map(row => {
      if (row.settledAt !== null) return row
      const begin = suspicionsAt(row).begin(row)
      return {
        ...row,
        suspectFrom: Math.min(row.suspectFrom ?? begin, begin),
        suspectReason: 'the worker did not end cleanly',
      }
    })
  }

  const marginOf = (row: StreamRow): number => suspicionsAt(row).margin(row.id)

  const rowsOf = ({ id }: StreamRow) => new Map(hourRows.all(id).map(row => [row.hour, row]))

  function hoursOf(stream: StreamRow, span: Span | undefined): HourSummary[] {
    const rows = rowsOf(stream)
    const margin = marginOf(stream)
    const changesOf = Map.groupBy(changes.all(stream.id), change => change.hour)
    const numbers = span
      ? hoursFrom(span.from, span.to)
      : [...new Set([...rows.keys(), ...hoursFrom(stream.startedAt, liveUntil(stream) + 1)])].sort(
          (a, b) => a - b,
        )
    return numbers.map(hour => {
      const row = rows.get(hour)
      const state = stateOf(stream, hour, row, margin)
      const { delivered, repaired, alreadyDelivered, deadLettered, evicted, dropped, lacking } =
        row ?? nothing
      const { nextReadAt, reason } = row ?? nothing
      const counts = { delivered, repaired, alreadyDelivered, deadLettered, evicted, dropped, lacking }
      return {
        stream: stream.name,
        hour,
        state,
        covered: isCovered(stream, hour, row, span),
        ...counts,
        asked: row?.asked === 1,
        nextReadAt,
        reason: state === 'suspect' && row?.state !== 'suspect' ? stream.suspectReason : reason,
        changes: (changesOf.get(hour) ?? []).map(({ at, state, reason }) => ({ at, state, reason })),
      }
    })
  }

  return {
    streams: () =>
      streams().map(row => ({
        stream: row.name,
        startedAt: row.startedAt,
        committedAt: row.committedAt,
        coveredUntil: coveredUntil(row),
        margin: marginOf(row),
        unsupported: row.unsupported,
        borrowing: trustOf(row.id) ?? null,
      })),
    hours: span => streams().flatMap(stream => hoursOf(stream, span)),
    askingFor(name, span) {
      const stream = streams().find(row => row.name === name)!
      const rows = rowsOf(stream)
      const margin = marginOf(stream)
      return hoursFrom(span.from, span.to).map(hour => ({
        hour,
        asking: askingFor(stream, hour, rows.get(hour), margin),
      }))
    },
    backfill: (name, { from, to }) => progress.get(name, from, to)!,
    lastRun,
    died,
    deadLetters: deadLettersIn(db),
    close: () => db.close(),
  }
}

function hoursFrom(from: number, to: number): number[] {
  const first = hourOf(from)
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / HOUR_MS)) }, (_, i) => first + i * HOUR_MS)
}
