/**
 * Chaos in virtual time: a simulated Proofpoint, the worker and a real Collector as processes, and a seeded schedule of what can
 * go wrong. At the end the simulator's own ledger says what existed and the Collector's file what arrived.
 * `npm run test:chaos -- [--seed N] [--faults 40]`; the same seed gives the same schedule.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { HOUR_MS, hourOf, parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { identityOf, podTypes } from '../../src/simulator/streams.ts'
import { startCollector } from '../support/collector.ts'
import { command, commandResult, type RunningCommand } from '../support/command.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, faults: { type: 'string', default: '40' } },
})
const seed = Number(values.seed)
const faults = Number(values.faults)

const FACTOR = 1_200
const account = { clusterId: 'example_hosted', principal: 'principal', secret: 'secret' }
const rates = { message: 0.05, maillog: 0.05, audit: 0.005 }

const spec = `${FACTOR}x@2026-11-22T02:20:00Z/${new Date(real.now()).toISOString()}`
const clock = rehearsalClock(parseRehearsal(spec)!)
const state = mkdtempSync(join(tmpdir(), 'chaos-'))
await using collector = await startCollector()
const simulator = await startSimulator({
  ...account,
  clock,
  seed,
  rates,
  tokens: ['live', 'archive'],
  pod: { zombieMs: 120_000, oddFrames: 0.02, duplicates: 0.05 },
})
const env = {
  PROOFPOINT_POD_CLUSTER_ID: account.clusterId,
  PROOFPOINT_POD_TOKEN: 'live',
  PROOFPOINT_POD_ARCHIVE_TOKEN: 'archive',
  PROOFPOINT_POD_URL: simulator.podUrl,
  PROOFPOINT_STATE_DIR: state,
  PROOFPOINT_REHEARSAL_CLOCK: spec,
  PROOFPOINT_LOG_FORMAT: 'json',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
}
let worker: RunningCommand = command(['run'], env)
const done: Record<string, number> = {}
const schedule: string[] = []

const restart = async (signal: NodeJS.Signals) => {
  worker.signal(signal)
  const end = await worker.ended
  if (signal === 'SIGTERM' && end !== 0 && end !== 5)
    throw new Error(`SIGTERM ended with ${end}:\n${worker.err()}`)
  worker = command(['run'], env)
}
const types = [...podTypes]
const some = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!

/** What can go wrong, and how often it does, relative to the others. */
const acts: readonly (readonly [string, number, () => Promise<void> | void])[] = [
  ['kill the worker', 6, () => restart('SIGKILL')],
  ['stop the worker', 2, () => restart('SIGTERM')],
  ['reset a connection', 4, () => simulator.control({ command: 'drop', type: some(types) })],
  ['half-open connection', 1, () => halfOpen(some(types))],
  ['close a session', 1, () => simulator.control({ command: 'closeWith', type: some(types), code: 1011 })],
  ['refuse handshakes', 1, () => simulator.control({ command: 'refuseHandshake', status: 503, count: 3 })],
  ['empty archive sessions', 1, () => simulator.control({ command: 'emptyArchive', count: 2 })],
  ['truncated archive sessions', 1, () => simulator.control({ command: 'truncateArchive', count: 1 })],
  ['absence', 1, () => absence()],
  [
    'kill the Collector',
    1,
    async () => {
      await collector.kill()
      await real.sleep(random() * 1_000)
      await collector.restart()
    },
  ],
]

/** A server lets go of a dead session after some minutes of real time, which here would be days. */
async function halfOpen(type: (typeof types)[number]): Promise<void> {
  simulator.control({ command: 'halfOpen', type })
  await real.sleep(2_000)
  simulator.control({ command: 'drop', type })
}

async function absence(): Promise<void> {
  worker.signal('SIGKILL')
  await worker.ended
  await clock.sleep(some([5 * 60_000, 59 * 60_000, 61 * 60_000, 5 * HOUR_MS]))
  worker = command(['run'], env)
}

let randomState = seed * 2_654_435_761
/** mulberry32: the schedule is a function of the seed. */
function random(): number {
  randomState = (randomState + 0x6d2b79f5) | 0
  let t = Math.imul(randomState ^ (randomState >>> 15), 1 | randomState)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const began = real.now()
await until(() => collector.records().length > 0)
for (let i = 0; i < faults; i++) {
  await real.sleep(300 + random() * 1_500)
  const act = some(acts.flatMap(act => Array<(typeof acts)[number]>(act[1]).fill(act)))
  done[act[0]] = (done[act[0]] ?? 0) + 1
  schedule.push(act[0])
  await act[2]()
}

/** The hours that must be proven: all that were whole while the worker had the stream. */
const span = [Date.parse('2026-11-22T03:00:00Z'), hourOf(clock.now())] as const
const period = ['--from', new Date(span[0]).toISOString(), '--to', new Date(span[1]).toISOString()]
await until(async () => (await report()).code === 0, 240_000)
const last = await report()
worker.signal('SIGTERM')
await worker.ended

const bodies = collector.records().map(record => JSON.parse(String(record.body).replace(/\ufffd/g, '')))
const arrived = new Map<string, number>()
for (const body of bodies) arrived.set(identityOf(body), (arrived.get(identityOf(body)) ?? 0) + 1)
let existed = 0
const missing: string[] = []
for (const type of types) {
  for (const identity of simulator.ledger.identities(type, ...span)) {
    existed++
    if (!arrived.has(identity)) missing.push(`${type} ${identity}`)
  }
}
const repeated = bodies.length - arrived.size
process.stdout.write(
  `seed ${seed}: ${faults} faults ${JSON.stringify(done)} in ${Math.round((real.now() - began) / 1_000)} s\n` +
    `${existed} events existed in ${(span[1] - span[0]) / HOUR_MS} hours, ${bodies.length} records arrived, ${repeated} repeated (${((100 * repeated) / bodies.length).toFixed(1)} %)\n` +
    `report: ${last.code === 0 ? 'complete' : 'not complete'}; lost: ${missing.length}\n`,
)
if (missing.length > 0 || last.code !== 0) {
  process.stdout.write(
    `schedule: ${schedule.join(', ')}\nmissing: ${missing.slice(0, 10).join(', ')}\n${last.out}\n`,
  )
  process.stdout.write(`${worker.err().slice(-4_000)}\n`)
  process.exitCode = 1
}
await simulator.close()
rmSync(state, { recursive: true })

async function report() {
  return await commandResult(['report', ...period], { PROOFPOINT_STATE_DIR: state })
}

async function until(condition: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const end = real.now() + ms
  while (real.now() < end && !(await condition())) await real.sleep(250)
}
