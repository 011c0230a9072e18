/**
 * The whole way as processes: simulate -> run -> real Collector, for some seconds; then counts what was sent and what arrived.
 * `npm run soak -- [--seconds 60] [--collector-down 15]`: the Collector is killed with SIGKILL in the middle for so long.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { real } from '../src/clock.ts'
import { startCollector } from '../test/support/collector.ts'
import { command } from '../test/support/command.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, 'collector-down': { type: 'string', default: '0' } },
})
const seconds = Number(values.seconds)
const downSeconds = Number(values['collector-down'])

const simulateArguments =
  '--port 0 --lateness-minutes 0 --message 200 --maillog 200 --audit 5 --delivered 0.02 --blocked 0.02 --permitted 0.02 --click-blocked 0.02'
const tapKinds = {
  messagesDelivered: 'tap.message.delivered',
  messagesBlocked: 'tap.message.blocked',
  clicksPermitted: 'tap.click.permitted',
  clicksBlocked: 'tap.click.blocked',
}
const state = mkdtempSync(join(tmpdir(), 'soak-'))
await using simulator = command(['simulate', ...simulateArguments.split(' ')])
await until(() => simulator.out().includes('PROOFPOINT_TAP_URL'))
const urls = Object.fromEntries(
  simulator
    .out()
    .trim()
    .split('\n')
    .map(line => line.split('=') as [string, string]),
)
await using collector = await startCollector()
const began = real.now()
await using worker = command(['run'], {
  ...urls,
  PROOFPOINT_POD_CLUSTER_ID: 'demo_hosted',
  PROOFPOINT_POD_TOKEN: 'demo-token',
  PROOFPOINT_TAP_PRINCIPAL: 'demo-principal',
  PROOFPOINT_TAP_SECRET: 'demo-secret',
  PROOFPOINT_STATE_DIR: state,
  PROOFPOINT_LOG_FORMAT: 'json',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
})

await real.sleep(((seconds - downSeconds) * 1_000) / 2)
if (downSeconds > 0) {
  await collector.kill()
  await real.sleep(downSeconds * 1_000)
  await collector.restart()
}
await real.sleep(((seconds - downSeconds) * 1_000) / 2)
worker.signal('SIGTERM')
const exit = await worker.ended
const sent = await sentLive()

const uidsOf = (eventName: string) =>
  collector
    .records()
    .filter(record => record.eventName === eventName)
    .map(record => record.attributes['log.record.uid'])
await until(() =>
  Object.entries(sent).every(([type, count]) => new Set(uidsOf(`proofpoint.pod.${type}`)).size >= count),
)
process.stdout.write(`${seconds} s, Collector down for ${downSeconds} s; worker ended with ${exit}\n`)
let lost = exit === 0 ? 0 : 1
for (const [type, count] of Object.entries(sent)) {
  const uids = uidsOf(`proofpoint.pod.${type}`)
  const distinct = new Set(uids).size
  lost += count - distinct
  process.stdout.write(
    `  pod.${type.padEnd(24)} sent ${String(count).padStart(6)}  records ${String(uids.length).padStart(6)}  distinct uids ${String(distinct).padStart(6)}\n`,
  )
}
const [from, to] = [began - 3_600_000 + 10_000, began - 40_000]
const { existed } = await ledger(from, to)
for (const [array, kind] of Object.entries(tapKinds)) {
  const inSpan = collector.records().filter(({ eventName, timeUnixNano }) => {
    const ms = Number(BigInt(timeUnixNano) / 1_000_000n)
    return eventName === `proofpoint.${kind}` && ms >= from && ms < to
  })
  const distinct = new Set(inSpan.map(record => record.attributes['log.record.uid'])).size
  const count = existed[array] ?? 0
  lost += count - distinct
  process.stdout.write(
    `  ${kind.padEnd(28)} made ${String(count).padStart(6)}  records ${String(inSpan.length).padStart(6)}  distinct uids ${String(distinct).padStart(6)}  in the hour before\n`,
  )
}
process.stdout.write(`lost: ${lost}\n`)
rmSync(state, { recursive: true })
process.exitCode = lost === 0 ? 0 : 1

interface Ledger {
  readonly existed: Readonly<Record<string, number>>
  readonly sent: Readonly<Record<string, { live: number }>>
}

async function ledger(from: number, to: number): Promise<Ledger> {
  const span = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`
  const answer = await fetch(`${urls['PROOFPOINT_TAP_URL']}/simulator/ledger?${span}`)
  return (await answer.json()) as Ledger
}

async function sentLive(): Promise<Record<string, number>> {
  const { sent } = await ledger(real.now(), real.now())
  return Object.fromEntries(Object.entries(sent).map(([type, { live }]) => [type, live]))
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !condition(); tries++) await real.sleep(100)
}
