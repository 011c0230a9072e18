/** What the log is told of TAP's clock, and of its events that come late or do not keep still. */
import { HOUR_MS, hourName } from '../clock.ts'
import { errorTable } from '../errors.ts'
import { type Log, tellError } from '../operations/log.ts'
import { steadiness } from '../operations/steadiness.ts'
import type { Mapper } from '../pipeline.ts'
import type { DueHour } from '../state/ledger.ts'
import type { Brought } from './repair.ts'

export const tellSkew =
  (log: Log, stream: string) =>
  (aheadMs: number): void => {
    const minutes = Math.round(aheadMs / 60_000)
    const differs = `${Math.abs(minutes)} min ${minutes < 0 ? 'behind' : 'ahead of'}`
    tellError(log, 'clock-skew', `${stream}: TAP's clock is ${differs} this machine's`, { stream, minutes })
  }

/** What a sweep brings is late; what somebody asked for by hand was not read before. */
export const tellLate =
  (log: Log, stream: string, lookBackMs: number) =>
  ({ hour, purpose }: DueHour, { records, greatestAgeMs }: Brought): void => {
    if (purpose === 'backfill') return
    const name = hourName(hour)
    const [atLeast, atMost] = [lookBackMs, greatestAgeMs].map(ms => Math.round(ms / 60_000))
    const { means, operator } = errorTable['tap-late']
    log.warn(
      {
        stream,
        code: 'tap-late',
        hour: name,
        records,
        lateOverMinutes: atLeast,
        lateAtMostMinutes: atMost,
      },
      `${stream}: ${records === 1 ? 'a record' : `${records} records`} of the hour ${name} came over ${atLeast} min late, ${(greatestAgeMs / HOUR_MS).toFixed(1)} h at most: ${means} ${operator}`,
    )
  }

/** The mapper, watched for events that come again and again with other contents. */
export const watchSteadiness = (mapper: Mapper, log: Log, stream: string): Mapper =>
  steadiness(mapper, ({ kind, id, repetitions }) =>
    tellError(
      log,
      'tap-unsteady',
      `${stream}: the ${kind} event ${id}, repeated ${repetitions === 1 ? 'once' : `${repetitions} times with its like`}`,
      { stream, kind, id, repetitions },
    ),
  )
