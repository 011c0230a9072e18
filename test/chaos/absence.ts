/**
 * An absence, seen by its operator: the worker is away for hours, and `report` before and after the repair.
 *
 *     npm run test:absence -- [--hours 5]
 */
import { parseArgs } from 'node:util'
import { HOUR_MS, hourOf } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { BEGIN, FACTOR, pod, podArchive, rates, simulatorArguments, tap } from './settings.ts'
import { delivering, until, verdictOf } from './settle.ts'
import { verdictText } from './summary.ts'
import { holds } from './verdict.ts'
import { startWorld } from './world.ts'

/** What thirty days of archive and seven of TAP need on a slow machine. */
const REPAIR_MS = 600_000
const RETURN_MS = 30_000

const { values } = parseArgs({ options: { hours: { type: 'string', default: '5' } } })
const awayMs = Number(values.hours) * HOUR_MS
const say = (text: string) => process.stdout.write(`${text}\n`)

await using world = await startWorld({
  seed: 1,
  factor: FACTOR,
  begin: BEGIN,
  simulator: simulatorArguments(1, rates.quiet),
  worker: { ...pod, ...podArchive, ...tap },
})
await delivering(world)
const from = hourOf(world.clock().now()) + HOUR_MS
await world.clock().sleep(from + HOUR_MS - world.clock().now())
await world.endWorker('SIGKILL')
await world.jump(awayMs)
const back = world.clock().now()
world.startWorker()
await until(async () => hoursAtReturn().every(({ state }) => state !== 'unknown'), RETURN_MS, 20)
say(`The worker was killed, and away for ${values.hours} h.\n\nBefore the repair:\n`)
const before = await reportText()
say(`${before.out}exit ${before.code}\n`)
const span = { from, to: hourOf(back) + HOUR_MS }
const verdict = await verdictOf(world, span, BEGIN, REPAIR_MS)
say('After it:\n')
const after = await reportText()
say(`${after.out}exit ${after.code}\n`)
say(verdictText(verdict))
process.exitCode = holds(verdict) ? 0 : 1
world.forget()

/** The hour of the return, of the streams that are held by sessions. */
function hoursAtReturn() {
  const state = readState(world.state)
  try {
    return state.hours({ from: back, to: back + 1 }).filter(({ stream }) => stream.startsWith('pod/'))
  } finally {
    state.close()
  }
}

function reportText() {
  return world.report(from, hourOf(back) + HOUR_MS, 'text')
}
