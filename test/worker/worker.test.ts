import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, hourOf, parseTime, real } from '../../src/clock.ts'
import { identityOf, tapArrays } from '../../src/simulator/streams.ts'
import { commandResult } from '../support/command.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { listen } from '../support/otlp-fault-servers.ts'
import { disposable, json, originOf, rates, soon, taking } from '../support/whole-worker.ts'
import { account, logOf, secrets, simulated, stateDirectory, worker } from '../support/worker.ts'

describe('run', () => {
  it('delivers every stream and stops cleanly on SIGTERM: what the server sent is what the collector has', async () => {
    const began = real.now()
    await using simulator = disposable(await simulated({ rates, tap: { latenessMs: 0 } }))
    await using collector = await taking()
    using state = stateDirectory()
    await using running = worker({ simulator, state: state.path, collector: originOf(collector), env: json })
    await expect.poll(() => simulator.ledger.answers.tap['200'] ?? 0, soon).toBe(1)
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(200)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
    const { sent } = simulator.ledger
    const pod = collector.taken.filter(
      body => !('threatsInfoMap' in JSON.parse(body) || 'clickTime' in JSON.parse(body)),
    )
    expect(pod).toHaveLength(sent.message.live + sent.maillog.live + sent.audit.live)
    expect(new Set(pod).size).toBe(pod.length)
    const told = new Set(collector.taken.map(body => identityOf(JSON.parse(body))))
    const tap = tapArrays.flatMap(array => [
      ...simulator.ledger.identities(array, began - HOUR_MS + 10_000, began - 40_000),
    ])
    expect(tap.length).toBeGreaterThan(100)
    expect(tap.filter(identity => !told.has(identity))).toEqual([])
    expect(logOf(running).at(-1)?.msg).toBe('stopped: everything that was read is delivered')
  })

  it('goes on where it stopped: nothing between two runs is missing or twice', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await taking()
    using state = stateDirectory()
    for (const _run of [1, 2]) {
      const enough = collector.taken.length + 60
      await using running = worker({
        simulator,
        state: state.path,
        collector: originOf(collector),
        env: json,
      })
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(enough)
      running.signal('SIGINT')
      expect(await running.ended).toBe(0)
    }
    const { sent } = simulator.ledger
    const guids = collector.taken
      .map(body => JSON.parse(body))
      .filter(event => event.filter)
      .map(event => event.guid)
    expect(new Set(guids).size).toBe(guids.length)
    expect(guids).toHaveLength(sent.message.live)
  })

  it('says at its next start that it was killed', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await taking()
    using state = stateDirectory()
    {
      await using running = worker({
        simulator,
        state: state.path,
        collector: originOf(collector),
        env: json,
      })
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(10)
      running.signal('SIGKILL')
      expect(await running.ended).toBe('SIGKILL')
    }
    await using running = worker({ simulator, state: state.path, collector: originOf(collector), env: json })
    await expect.poll(() => running.err(), soon).toContain('the last run did not end cleanly')
    expect(logOf(running).find(({ code }) => code === 'unclean-end')?.msg).toContain(
      'proofpoint-otel report shows when its hours are verified',
    )
  })

  it('waits for a collector that is not there yet, in one line with the remedy, and goes on by itself', async () => {
    await using simulator = disposable(await simulated({ rates }))
    using state = stateDirectory()
    const port = await freePort()
    await using running = worker({
      simulator,
      state: state.path,
      collector: `http://127.0.0.1:${port}`,
      env: json,
    })
    await expect
      .poll(() => logOf(running).find(line => line.code === 'collector-unavailable')?.msg, soon)
      .toMatch(/ECONNREFUSED.*Nothing is given up: the source waits\. Check that the collector runs/)
    await using collector = await judgingCollector(() => ({ status: 200 }), port)
    await expect.poll(() => running.err(), soon).toContain('takes records again')
    expect(collector.taken.length).toBeGreaterThan(0)
  })

  it('leaves with code 5, and no clean mark, when a collector that is down keeps it from delivering', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await judgingCollector(() => ({ status: 503 }))
    using state = stateDirectory()
    await using running = worker({ simulator, state: state.path, collector: originOf(collector), env: json })
    await expect.poll(() => running.err(), soon).toContain('takes no records')
    running.signal('SIGTERM')
    await expect.poll(() => simulator.sessions().length, soon).toBe(0)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(5)
    expect(logOf(running).at(-1)).toMatchObject({
      code: 'undelivered',
      msg: expect.stringContaining('30 s to end'),
    })
    const { out } = await commandResult(['report', '--json'], { PROOFPOINT_STATE_DIR: state.path })
    expect(JSON.parse(out).lastRun.cleanly).toBe(false)
  })

  it('reaches PoD, TAP and the collector through a proxy, except for what NO_PROXY names', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await taking()
    await using proxy = await connectProxy({ credentials: 'user:proxy-password' })
    using state = stateDirectory()
    const proxied = { HTTP_PROXY: `http://user:proxy-password@127.0.0.1:${proxy.port}` }
    {
      await using running = worker({
        simulator,
        state: state.path,
        collector: originOf(collector),
        env: { ...json, ...proxied },
      })
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(10)
      expect(running.err()).not.toContain('proxy-password')
    }
    const hosts = new Set([...proxy.tunnels, ...proxy.forwarded.map(url => new URL(url).host)])
    expect(hosts).toEqual(new Set([new URL(simulator.tapUrl).host, new URL(collector.url).host]))
    const before = proxy.tunnels.length + proxy.forwarded.length
    const taken = collector.taken.length
    await using running = worker({
      simulator,
      state: state.path,
      collector: originOf(collector),
      env: { ...json, ...proxied, NO_PROXY: '127.0.0.1' },
    })
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(taken)
    expect(proxy.tunnels.length + proxy.forwarded.length).toBe(before)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  })

  it('a second process on the same state leaves at once with code 3', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await taking()
    using state = stateDirectory()
    await using running = worker({ simulator, state: state.path, collector: originOf(collector), env: json })
    await expect.poll(() => running.err(), soon).toContain('is open')
    await using second = worker({ simulator, state: state.path, collector: originOf(collector), env: json })
    expect(await second.ended).toBe(3)
    expect(second.err()).toMatch(/^proofpoint-otel: .*in use by another process.*PROOFPOINT_STATE_DIR\.\n$/)
  })

  it('never writes a secret: not to its log, not to its state, not while things fail', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await judgingCollector((_, request) => ({
      status: request % 3 === 0 ? 401 : 200,
    }))
    simulator.control({ command: 'failTap', fault: '401', count: 1 })
    using state = stateDirectory()
    const env = {
      ...json,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secrets.bearer}`,
      PROOFPOINT_LOG_LEVEL: 'debug',
    }
    await using running = worker({ simulator, state: state.path, collector: originOf(collector), env })
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(20)
    simulator.control({ command: 'refuseHandshake', status: 401, count: 1 })
    simulator.control({ command: 'drop', type: 'message' })
    await expect.poll(() => running.err(), soon).toContain('pod-unauthorized')
    expect(running.err()).toContain('tap-unauthorized')
    expect(running.err()).toContain('collector-misconfigured')
    running.signal('SIGTERM')
    await running.ended
    const written = [
      running.out(),
      running.err(),
      ...readdirSync(state.path).map(file => readFileSync(join(state.path, file), 'latin1')),
    ].join('\n')
    expect(written.length).toBeGreaterThan(10_000)
    const basic = Buffer.from(`${account.principal}:${secrets.tap}`).toString('base64')
    for (const secret of [...Object.values(secrets), basic]) expect(written.includes(secret)).toBe(false)
  })
})

describe('report', () => {
  it('counts by stream and hour what a running worker has committed', async () => {
    const began = hourOf(real.now())
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await taking()
    using state = stateDirectory()
    await using running = worker({ simulator, state: state.path, collector: originOf(collector), env: json })
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(50)
    const { code, out } = await commandResult(['report', '--json'], { PROOFPOINT_STATE_DIR: state.path })
    expect(code).toBe(0)
    const message = JSON.parse(out).streams.find(
      ({ stream }: { stream: string }) => stream === `pod/message@${account.clusterId}`,
    )
    const delivered = message.hours.filter((hour: { delivered: number }) => hour.delivered > 0)
    expect(delivered.length).toBeGreaterThan(0)
    for (const { hour } of delivered) expect([began, began + HOUR_MS]).toContain(parseTime(hour))
    expect((await commandResult(['report'], { PROOFPOINT_STATE_DIR: state.path })).out).toContain(
      `pod/message@${account.clusterId}: last commit 20`,
    )
    running.signal('SIGTERM')
    await running.ended
  })
})

describe('dead-letters', () => {
  it('lists, shows and exports what the collector refused, beside a running worker', async () => {
    await using simulator = disposable(await simulated({ rates: {} }))
    await using collector = await judgingCollector(bodies => ({
      status: bodies.some(body => body.includes('poison')) ? 400 : 200,
    }))
    using state = stateDirectory()
    await using running = worker({ simulator, state: state.path, collector: originOf(collector), env: json })
    await expect.poll(() => simulator.sessions('audit').length, soon).toBe(1)
    const poison = '{"guid":"poison","ts":"2026-11-22T10:00:00.000000+0000","audit":{"action":"login"}}'
    simulator.inject('audit', Buffer.from(poison))
    simulator.inject('audit', Buffer.from(poison.replace('poison', 'good')))
    await expect.poll(() => running.err(), soon).toContain('became a dead letter')
    const env = { PROOFPOINT_STATE_DIR: state.path }
    const list = await commandResult(['dead-letters', 'list'], env)
    expect(list.out).toMatch(
      /^1 {2}\S+ {2}pod\/audit@example_hosted {2}pod\.audit {2}refused {2}\d+ bytes {2}HTTP 400/,
    )
    expect(JSON.parse((await commandResult(['dead-letters', 'export'], env)).out)).toMatchObject({
      text: poison,
      cause: 'refused',
    })
    expect(JSON.parse((await commandResult(['dead-letters', 'show', '1'], env)).out).text).toBe(poison)
    expect(await commandResult(['dead-letters', 'show', '99'], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no dead letter'),
    })
    await expect.poll(() => collector.taken.join(), soon).toContain('good')
  })
})

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  const { port } = await listen(server)
  await new Promise(resolve => server.close(resolve))
  return port
}
