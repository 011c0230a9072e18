/** What is said of the hours of a stream that are read from its archive. */
import { HOUR_MS, hourName } from '../clock.ts'
import { type Log, tellError } from '../operations/log.ts'
import type { HourLedger, Repair, Verdict } from '../state/ledger.ts'

/** What of a lane is told. */
export interface Told {
  readonly stream: string
  readonly ledger: Pick<HourLedger, 'toRead'>
  readonly repair: Repair
  readonly log: Log
}

/** A record that live delivery missed is a warning, since nothing else tells of it. */
export function tellVerdict({ stream, log }: Told, hour: number, verdict: Verdict): void {
  const { missed } = verdict
  const fields = { stream, hour: hourName(hour), state: verdict.state }
  const what =
    verdict.state === 'verified'
      ? 'is verified'
      : `was read, and is read again at ${new Date(verdict.nextReadAt).toISOString()}`
  const said = `${stream}: the hour ${fields.hour} ${what}: ${verdict.reason}`
  if (missed > 0) tellError(log, 'pod-live-missed', said, { ...fields, missed })
  else log.info(fields, said)
}

/** Tells of hours that the archive cannot give. One line for hours that follow each other. `hours`: oldest first. */
export function tellLost({ stream, log }: Told, hours: readonly number[], reason: string): void {
  for (const [first, last] of runsOf(hours)) {
    const lost = 1 + (last - first) / HOUR_MS
    const which =
      lost === 1 ? `the hour ${hourName(first)}` : `${lost} hours, ${hourName(first)} to ${hourName(last)}`
    tellError(log, 'hour-lost', `${stream}: ${which} (${reason})`, {
      stream,
      hour: hourName(first),
      hours: lost,
    })
  }
}

/** The first and the last of each run of neighbours. */
function runsOf(hours: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = []
  for (const hour of hours) {
    const run = runs.at(-1)
    if (run && run[1] + HOUR_MS === hour) run[1] = hour
    else runs.push([hour, hour])
  }
  return runs
}

/** Says how many hours are to be read, when they are more than were told; returns how many. */
export function tellToRead({ ledger, repair, stream, log }: Told, told: number): number {
  // That each hour is read once is no news.
  const hours = ledger.toRead(repair === 'always' ? 'suspect' : repair)
  if (hours > told)
    log.info(
      { stream, hours },
      `${stream}: ${hours === 1 ? 'an hour is' : `${hours} hours are`} to be read again from the archive`,
    )
  return hours
}
