/** One bad record in a batch of 512, through the real Collector to a back end that refuses it. */
import { expect, test } from 'vitest'
import { startCollector } from '../support/collector.ts'
import { commandResult } from '../support/command.ts'
import { type JudgingCollector, judgingCollector } from '../support/judging-collector.ts'
import { answer, type FaultServer, serve } from '../support/otlp-fault-servers.ts'
import { logOf, simulated, stateDirectory, worker } from '../support/worker.ts'

const soon = { timeout: 30_000, interval: 50 }
const BATCH = 512

/** Without a queue the Collector answers what its back end answers. */
const withoutQueue = [
  'exporters::otlp_http/gateway::sending_queue::enabled: false',
  'exporters::otlp_http/gateway::retry_on_failure::enabled: false',
  'exporters::otlp_http/gateway::encoding: json',
  'exporters::otlp_http/gateway::compression: none',
]

const audit = (guid: string): string =>
  JSON.stringify({ guid, ts: '2026-11-22T10:00:00.000000+0000', audit: { action: 'login' } })

/** Passes each request on, and keeps it. */
async function counting(target: string): Promise<FaultServer> {
  const front: FaultServer = await serve(async (response, request) => {
    const { body = Buffer.of(), headers } = front.requests.at(-1) ?? {}
    const passed = await fetch(`${target}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': String(headers?.['content-type']) },
      body,
    })
    const type = passed.headers.get('content-type')
    answer(
      passed.status,
      type === null ? {} : { 'content-type': type },
      await passed.bytes(),
    )(response, request)
  })
  return front
}

/** A back end that is busy, then refuses what is poisoned, then takes all. */
async function backEnd(): Promise<JudgingCollector & { become(mood: 'picky' | 'kind'): void }> {
  let mood = 'busy'
  const collector = await judgingCollector(bodies => {
    if (mood === 'busy') return { status: 503 }
    const isRefused = mood === 'picky' && bodies.some(body => body.includes('poison'))
    return isRefused ? { status: 400, body: '{"code":3,"message":"poison"}' } : { status: 200 }
  })
  return {
    ...collector,
    become: next => {
      mood = next
    },
  }
}

test('one bad record in 512 costs 2 log2(512) + 2 requests; 511 arrive, and the last one by a replay', async () => {
  const simulator = await simulated({ rates: {} })
  await using gateway = await backEnd()
  await using collector = await startCollector({
    overrides: withoutQueue,
    env: { OTELCOL_GATEWAY_URL: new URL(gateway.url).origin },
  })
  await using front = await counting(collector.url)
  using state = stateDirectory()
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: new URL(front.url).origin, PROOFPOINT_STATE_DIR: state.path }
  await using running = worker({
    simulator,
    state: state.path,
    collector: new URL(front.url).origin,
    env: { PROOFPOINT_POD_STREAMS: 'audit' },
  })
  const deadLetters = (...args: string[]) => commandResult(['dead-letters', ...args], env)
  await expect.poll(() => simulator.sessions().length, soon).toBe(1)
  simulator.inject('audit', Buffer.from(audit('first')))
  await expect.poll(() => front.requests.length, soon).toBeGreaterThan(0)
  for (let i = 0; i < BATCH; i++)
    simulator.inject('audit', Buffer.from(audit(i === 300 ? 'poison' : `good-${i}`)))
  await expect.poll(() => simulator.ledger.sent.audit.live, soon).toBe(1 + BATCH)

  gateway.become('picky')
  await expect.poll(() => logOf(running).map(line => line.code), soon).toContain('dead-letter')
  const largest = Math.max(...front.requests.map(({ body }) => body.length))
  const requests = front.requests.length - front.requests.findIndex(({ body }) => body.length === largest)
  const delivered = gateway.taken.length - 1
  const letters = JSON.parse((await deadLetters('export')).out)
  expect(requests).toBe(2 * Math.log2(BATCH) + 2)
  expect(delivered).toBe(BATCH - 1)
  expect(letters).toMatchObject({ id: 1, cause: 'refused', text: audit('poison') })

  gateway.become('kind')
  const replay = await deadLetters('replay', '1')
  expect(replay).toEqual({ code: 0, out: 'delivered and removed a dead letter\n', err: '' })
  expect(gateway.records.at(-1)).toMatchObject({ uid: letters.uid, body: audit('poison') })
  expect((await deadLetters('list')).out).toBe('')
  expect(new Set(gateway.records.map(({ uid }) => uid)).size).toBe(1 + BATCH)
  console.log(
    `one bad record in ${BATCH}: ${requests} requests, ${delivered} delivered, 1 dead letter; after the replay ${gateway.taken.length - 1} delivered, none left`,
  )
  await simulator.close()
})
