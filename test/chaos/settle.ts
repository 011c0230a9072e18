/** The begin and the end of a world: the first records; then everything gets its time, and the verdict. */
import { deadline, real } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { isProven, judge, type Report, type Span, type Verdict } from './verdict.ts'
import type { World } from './world.ts'

const START_MS = 30_000
const ARRIVE_MS = 60_000

/** Waits for the first records. Throws when none come. */
export async function delivering(world: World): Promise<void> {
  const arrived = await until(async () => {
    world.arrivals.read()
    return world.arrivals.records() > 0
  }, START_MS)
  if (!arrived) throw new Error('Nothing arrives')
}

/**
 * Gives the worker `ms` of real time until every hour of the span is proven or lost, and another minute until
 * all that should be there has come through the Collector's queue, stops it, and judges.
 */
export async function verdictOf(
  world: World,
  { from, to }: Span,
  begin: number,
  ms: number,
): Promise<Verdict> {
  const verdict = async () => {
    world.arrivals.read()
    const end = world.clock().now()
    return await judge({ from, to }, await reportOf(world, from, to), world.arrivals, world.simulator(), {
      begin,
      end,
    })
  }
  const state = readState(world.state)
  await until(async () => {
    world.arrivals.read()
    return state.hours({ from, to }).every(hour => hour.state === 'lost' || isProven(hour))
  }, ms)
  state.close()
  await until(async () => (await verdict()).missing.length === 0, ARRIVE_MS)
  await world.endWorker('SIGTERM')
  return await verdict()
}

async function reportOf(world: World, from: number, to: number): Promise<Report> {
  const { out } = await world.report(from, to)
  const report: Report = JSON.parse(out)
  return report
}

/** Whether the condition came true in time; it is looked at `everyMs`. All real time. */
export async function until(
  condition: () => Promise<boolean>,
  ms: number,
  everyMs = 1_000,
): Promise<boolean> {
  const tooLate = deadline(ms)
  while (!tooLate.aborted) {
    if (await condition()) return true
    await real.sleep(everyMs)
  }
  return false
}
