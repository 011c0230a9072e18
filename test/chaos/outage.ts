/**
 * An outage in real time: 500 records of PoD a second, and a Collector that is down; the worker's memory all the while.
 *
 *     npm run test:outage -- [--seconds 60]
 */
import { parseArgs } from 'node:util'
import { elapsed, real } from '../../src/clock.ts'
import { pod, podArchive, simulatorArguments } from './settings.ts'
import { delivering, verdictOf } from './settle.ts'
import { verdictText } from './summary.ts'
import { holds } from './verdict.ts'
import { startWorld } from './world.ts'

const RATES = {
  message: 150,
  maillog: 340,
  audit: 10,
  delivered: 0,
  blocked: 0,
  permitted: 0,
  'click-blocked': 0,
}
const BEFORE_MS = 10_000
const AFTER_MS = 10_000
/** Lines of the table while the Collector is down. */
const SAMPLES = 10
/** A minute brings 70 MiB: a worker that kept them would grow by more. PROOFPOINT_MAX_BUFFER_BYTES may wait, and catching up takes some. */
const MOST_GROWTH_BYTES = 56 * 2 ** 20
const DRAIN_MS = 300_000

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } })
const downMs = Number(values.seconds) * 1_000
const say = (text: string) => process.stdout.write(`${text}\n`)

const begin = real.now()
await using world = await startWorld({
  seed: 1,
  factor: 1,
  begin,
  simulator: simulatorArguments(1, RATES),
  worker: { ...pod, ...podArchive },
})
await delivering(world)
const from = world.clock().now()
await real.sleep(BEFORE_MS)

say('   time s   Collector   worker RSS MB')
const began = elapsed()
const seen: number[] = []
sample('up')
const over = world.killCollector(downMs)
for (let i = 0; i < SAMPLES; i++) {
  await real.sleep(downMs / SAMPLES)
  sample(i < SAMPLES - 1 ? 'down' : 'starts')
}
await over
await real.sleep(AFTER_MS)
sample('up')

const span = { from, to: world.clock().now() }
const verdict = await verdictOf(world, span, begin, DRAIN_MS)
const growth = Math.max(...seen) - seen[0]!
const report = await world.report(span.from, span.to, 'text')
say(`\n${report.out}\n${verdictText(verdict)}`)
say(`  memory grew by ${Math.round(growth / 2 ** 20)} MB, at most`)
process.exitCode = holds(verdict) && growth < MOST_GROWTH_BYTES ? 0 : 1
world.forget()

function sample(collector: string): void {
  const bytes = world.workerMemory()
  seen.push(bytes)
  const seconds = Math.round((elapsed() - began) / 1_000)
  say(
    `${String(seconds).padStart(9)}   ${collector.padEnd(9)}${String(Math.round(bytes / 2 ** 20)).padStart(14)}`,
  )
}
