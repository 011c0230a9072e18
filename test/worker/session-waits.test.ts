/** Whole workers and the waits of half a minute: a handshake without an answer, and a collector that keeps delivery from going on. */
import { describe, it } from 'vitest'
import { HOUR_MS, parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { command, commandResult } from '../support/command.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { silentFront } from '../support/pod-front.ts'
import { expectNamedThenMended, mendedPod, onlyMessages, soon } from '../support/unreachable-pod.ts'
import { account, logOf, secrets, simulated, stateDirectory, workerEnv } from '../support/worker.ts'

const TEST_MS = 120_000
const stream = `pod/message@${account.clusterId}`

/** A worker whose collector hangs from now until `mend`; the rehearsal is so many times as fast as real time. */
async function blockedWorker(factor: number) {
  const spec = `${factor}x@2026-11-22T02:20:00Z/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const simulator = await simulated({ clock, rates: { message: 20 / factor }, tokens: [secrets.token] })
  const collector = await judgingCollector(() => ({ status: 200 }))
  const way = await faultProxy(new URL(collector.url).origin)
  const state = stateDirectory()
  const running = command(['run'], {
    ...workerEnv({ simulator, state: state.path, collector: way.url }),
    ...onlyMessages,
    PROOFPOINT_REHEARSAL_CLOCK: spec,
    OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
  })
  return {
    clock,
    simulator,
    collector,
    way,
    running,
    isHeld: () => simulator.sessions('message').length === 1,
    told: (pattern: RegExp) => logOf(running).find(line => pattern.test(line.msg))?.level,
    said: (code: string) => logOf(running).findLast(line => line.code === code)?.msg,
    async states(from: number, to: number): Promise<string[]> {
      const span = ['--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()]
      const env = { PROOFPOINT_STATE_DIR: state.path }
      const { out } = await commandResult(['report', '--json', ...span], env)
      const streams: { stream: string; hours: { state: string }[] }[] = JSON.parse(out).streams
      return streams.find(one => one.stream === stream)?.hours.map(hour => hour.state) ?? []
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await way[Symbol.asyncDispose]()
      await collector[Symbol.asyncDispose]()
      await simulator.close()
      state[Symbol.dispose]()
    },
  }
}

describe.concurrent('a worker that waits', () => {
  it(
    'for a server that takes connections and says nothing, says so, and goes on when it answers',
    {
      timeout: TEST_MS,
    },
    ({ expect }) =>
      expectNamedThenMended(
        expect,
        {
          wrong: ({ port }) => silentFront(port),
          code: 'connect-timeout',
          says: /127\.0\.0\.1:\d+ did not answer in 30 s.*Check that the network/,
        },
        mendedPod,
        port => ({ PROOFPOINT_POD_URL: `wss://127.0.0.1:${port}/v1/stream` }),
      ),
  )

  it(
    'for a proxy that opens no tunnel, says so, and goes on when it does',
    { timeout: TEST_MS },
    ({ expect }) =>
      expectNamedThenMended(
        expect,
        {
          wrong: ({ port }) => connectProxy({ port, silent: true }),
          code: 'proxy-failure',
          says: /the proxy opened no tunnel to .* in 30 s.*HTTPS_PROXY/,
        },
        ({ port }) => connectProxy({ port }),
        port => ({ HTTP_PROXY: `http://127.0.0.1:${port}` }),
      ),
  )

  it('for the collector leaves its session cleanly after 30 s, and when it goes on nothing is lost, nothing twice', {
    timeout: TEST_MS,
  }, async ({ expect }) => {
    await using blocked = await blockedWorker(1)
    const { simulator, collector, way, running, clock } = blocked
    const began = clock.now()
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(20)
    way.misbehave('hang')
    await expect.poll(() => way.hits(), soon).toBeGreaterThan(0)
    await expect.poll(blocked.isHeld, soon).toBe(false)
    // While it waits, not only when it is over.
    expect(blocked.said('delivery-blocked')).toMatch(/rests until what was read is delivered/)
    const before = collector.taken.length
    way.misbehave('pass')
    await expect.poll(() => blocked.told(/all that was read is delivered, \d+ s after/), soon).toBe(30)
    await expect.poll(blocked.isHeld, soon).toBe(true)
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(before + 400)
    expect(await blocked.states(began, began + 1)).toEqual(['live'])
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(new Set(collector.taken).size).toBe(collector.taken.length)
    expect(collector.taken).toHaveLength(simulator.ledger.sent.message.live)
  })

  it('for the collector for hours tells the gap that the live stream then has, and its hours are suspect', {
    timeout: TEST_MS,
  }, async ({ expect }) => {
    await using blocked = await blockedWorker(600)
    const { collector, way, clock } = blocked
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(20)
    way.misbehave('hang')
    await expect.poll(() => way.hits(), soon).toBeGreaterThan(0)
    await expect.poll(blocked.isHeld, soon).toBe(false)
    const leftAt = clock.now()
    await clock.sleep(2.5 * HOUR_MS)
    way.misbehave('pass')
    await expect.poll(blocked.isHeld, soon).toBe(true)
    await expect.poll(() => blocked.said('pod-gap'), soon).toMatch(/the stream was not held for over an hour/)
    await expect.poll(() => blocked.states(leftAt, leftAt + 2 * HOUR_MS), soon).not.toContain('unknown')
    expect(new Set(await blocked.states(leftAt, leftAt + 2 * HOUR_MS))).toEqual(new Set(['suspect']))
  })
})
