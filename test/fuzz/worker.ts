/**
 * Damaged events through a whole worker: WebSocket and HTTPS in, OTLP out, as processes of their own.
 * `npm run fuzz:worker -- [--frames 200000] [--seed 1]`. Each PoD frame must become one record, each TAP event one uid.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import type { WebSocket } from 'ws'
import { elapsed, HOUR_MS, real } from '../../src/clock.ts'
import { settingsOf } from '../../src/commands/settings.ts'
import { podTypes } from '../../src/simulator/streams.ts'
import { accountMapper } from '../../src/worker/account-mapper.ts'
import { podServer } from '../support/pod-server.ts'
import { account, secrets, stateDirectory, worker } from '../support/worker.ts'
import { damagedEvents } from './corpus.ts'
import { countingCollector } from './counting-collector.ts'
import { isJson } from './targets.ts'

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } },
})
const seed = Number(values.seed)
/** TAP is asked for six days by the hour, and brings a tenth. */
const HOURS = 6 * 24
const ELEMENTS = Math.ceil(Number(values.frames) / 10 / HOURS)
const FRAMES = Math.ceil((Number(values.frames) * 0.9) / podTypes.length)
const LONGEST_MS = 60_000 + Number(values.frames) * 5

const podMapper = accountMapper(
  'pod',
  account.clusterId,
  settingsOf({ PROOFPOINT_POD_CLUSTER_ID: account.clusterId, PROOFPOINT_POD_TOKEN: secrets.token }),
)
const tapMapper = accountMapper(
  'tap',
  account.principal,
  settingsOf({ PROOFPOINT_TAP_PRINCIPAL: account.principal, PROOFPOINT_TAP_SECRET: secrets.tap }),
)
const expectedUids = new Set<string>()
const expectedPodUids = new Set<string>()
const hoursAsked = new Set<number>()

const pod = await podServer(async (_, accept) => {
  const socket = await accept()
  const type = podTypes.find(type => pod.requests.at(-1)?.url?.includes(`type=${type}`)) ?? 'message'
  await sendAll(socket, type)
})

async function sendAll(socket: WebSocket, type: (typeof podTypes)[number]): Promise<void> {
  const damaged = damagedEvents(seed, [`pod.${type}`])
  for (let i = 0; i < FRAMES && socket.readyState === socket.OPEN; i++) {
    const { kind, bytes } = damaged(i)
    expectedPodUids.add(podMapper.uid({ kind, bytes, observedAt: 0 }))
    socket.send(bytes, { binary: i % 10 === 0 })
    while (socket.bufferedAmount > 2 ** 20) await real.sleep(5)
  }
}

const damagedTap = damagedEvents(seed, ['tap.message.blocked'])
const tap = createServer((request, response) => {
  const hour = Math.floor(intervalBegin(request.url ?? '') / HOUR_MS)
  hoursAsked.add(hour)
  const elements = Array.from({ length: ELEMENTS }, (_, i) => damagedTap(hour * ELEMENTS + i).bytes).filter(
    isJson,
  )
  for (const bytes of elements)
    expectedUids.add(tapMapper.uid({ kind: 'tap.message.blocked', bytes: trimmed(bytes), observedAt: 0 }))
  response.setHeader('content-type', 'application/json')
  const body = elements.flatMap((bytes, i) => (i === 0 ? [bytes] : [Buffer.from(','), bytes]))
  response.end(Buffer.concat([Buffer.from('{"messagesBlocked":['), ...body, Buffer.from(']}')]))
})
const trimmed = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').trim(), 'latin1')
const intervalBegin = (url: string): number =>
  Date.parse(new URL(url, 'http://localhost').searchParams.get('interval')?.split('/')[0] ?? '')
await new Promise<void>(resolve => tap.listen(0, '127.0.0.1', resolve))

const collector = await countingCollector()
const began = elapsed()
let exitCode: number | string
{
  using state = stateDirectory()
  const tapUrl = `http://127.0.0.1:${(tap.address() as AddressInfo).port}`
  const urls = { podUrl: pod.url, tapUrl }
  await using running = worker({
    simulator: urls,
    state: state.path,
    collector: collector.url,
    env: { PROOFPOINT_START: '144h', PROOFPOINT_LOG_LEVEL: 'warn' },
  })
  const isDone = () =>
    collector.podRecords() >= FRAMES * podTypes.length && collector.tapUids().size >= expectedUids.size
  while (!(isDone() && hoursAsked.size >= HOURS) && elapsed() - began < LONGEST_MS) await real.sleep(200)
  running.signal('SIGTERM')
  exitCode = await running.ended
  if (exitCode !== 0) process.stdout.write(running.err().slice(-4_000))
}
const missing = [...expectedUids.difference(collector.tapUids())]
const podMissing = [...expectedPodUids.difference(collector.podUids())]
const seconds = Math.round((elapsed() - began) / 1_000)
process.stdout.write(
  `seed ${seed}: ${seconds} s, worker ended with ${exitCode}\n` +
    `PoD frames ${FRAMES * podTypes.length}, records ${collector.podRecords()}, uids ${expectedPodUids.size}, missing ${podMissing.length}; ` +
    `TAP events ${expectedUids.size}, uids ${collector.tapUids().size}, missing ${missing.length}\n`,
)
const isWhole =
  collector.podRecords() === FRAMES * podTypes.length && missing.length + podMissing.length === 0
process.exitCode = exitCode === 0 && isWhole && collector.tapUids().size === expectedUids.size ? 0 : 1
await collector[Symbol.asyncDispose]()
await pod[Symbol.asyncDispose]()
tap.close()
tap.closeAllConnections()
