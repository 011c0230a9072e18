import type { DatabaseSync } from 'node:sqlite'
import { openReadOnly, query } from './database.ts'
import { type DeadLetters, deadLettersIn } from './dead-letters.ts'
import { diskError } from './disk-error.ts'
import { stateFile } from './files.ts'
import { lastRunIn, type Run } from './runs.ts'

/** Times are ms since 1970. */
export interface StreamSummary {
  readonly stream: string
  readonly startedAt: number
  /** Null before the first commit. */
  readonly committedAt: number | null
  /** Events that were read again and skipped, since the first start. */
  readonly alreadyDelivered: number
}

export interface HourCount {
  readonly stream: string
  /** The begin of the UTC hour to which the events belong, ms since 1970. */
  readonly hour: number
  readonly delivered: number
  readonly deadLettered: number
}

/** The committed state, as it stands at each call. */
export interface StateReader {
  streams(): readonly StreamSummary[]
  /** By stream and hour. */
  hours(): readonly HourCount[]
  lastRun(): Run | undefined
  readonly deadLetters: DeadLetters
  close(): void
}

/**
 * Opens the directory's state for reading only, beside a running worker, which it never holds up, or without one. Makes
 * no files but those that SQLite needs beside a file in WAL mode.
 * Throws KnownError `state-missing`, `state-newer`, `state-unreadable` or `state-disk-failure`.
 */
export function readState(directory: string): StateReader {
  const file = stateFile(directory)
  try {
    return stateReader(openReadOnly(file))
  } catch (error) {
    throw diskError(error, file) ?? error
  }
}

function stateReader(db: DatabaseSync): StateReader {
  const streams = query<StreamSummary>(
    db,
    `SELECT name AS stream, started_at AS startedAt, committed_at AS committedAt, already_delivered AS alreadyDelivered
     FROM streams ORDER BY name`,
  )
  const hours = query<HourCount>(
    db,
    `SELECT name AS stream, hour, delivered, dead_lettered AS deadLettered
     FROM hours JOIN streams ON streams.id = hours.stream ORDER BY name, hour`,
  )
  return {
    streams: () => streams.all(),
    hours: () => hours.all(),
    lastRun: lastRunIn(db),
    deadLetters: deadLettersIn(db),
    close: () => db.close(),
  }
}
