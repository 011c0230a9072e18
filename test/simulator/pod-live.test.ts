import { afterEach, expect, test } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import type { SimulatorOptions } from '../../src/simulator/options.ts'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { identityOf } from '../../src/simulator/streams.ts'
import { account, type Connection, connect, jumpingClock, NOON, until } from './client.ts'

const started: Simulator[] = []
afterEach(() => Promise.all(started.splice(0).map(simulator => simulator.close())))

async function start(options: Partial<SimulatorOptions> = {}, clock = jumpingClock()) {
  const simulator = await startSimulator({
    ...account,
    clock,
    rates: { message: 200, maillog: 50, audit: 50 },
    ...options,
  })
  started.push(simulator)
  return { simulator, clock }
}

const identities = (connection: Connection) =>
  connection.frames.map(frame => identityOf(JSON.parse(frame.toString())))

async function closeCleanly(connection: Connection) {
  connection.ws.close(1000)
  return await connection.closed
}

test('events come when their time comes, all of them, in order', async () => {
  const { simulator, clock } = await start()
  const connection = await connect(simulator.podUrl)
  await until(() => connection.frames.length > 40)
  const now = clock.now()
  const got = identities(connection)
  const [first = ''] = got
  const existed = [...simulator.ledger.identities('message', NOON, now + 1000)]
  const begin = existed.indexOf(first)
  expect(begin).toBeGreaterThanOrEqual(0)
  expect(got).toEqual(existed.slice(begin, begin + got.length))
  expect(begin + got.length).toBeLessThanOrEqual(simulator.ledger.count('message', NOON, now + 1))
})

test('a token may hold one session of each type, and a second is refused with the captured 409', async () => {
  const { simulator } = await start()
  await connect(simulator.podUrl)
  await connect(simulator.podUrl, { type: 'maillog' })
  await connect(simulator.podUrl, { token: 'token-2' })
  const second = connect(simulator.podUrl)
  await expect(second).rejects.toThrow(/^409 Exceeded maximum number of sessions per token\r\n$/)
  const archive = connect(simulator.podUrl, {
    sinceTime: '2026-06-15T08:00:00Z',
    toTime: '2026-06-15T09:00:00Z',
  })
  await expect(archive).rejects.toThrow(/^409/)
  expect(simulator.ledger.answers.pod).toEqual({ 101: 3, 409: 2 })
})

test('after a clean close the token is free at once and nothing is lost or repeated', async () => {
  const { simulator } = await start()
  const all: string[] = []
  for (let i = 0; i < 5; i++) {
    const connection = await connect(simulator.podUrl)
    await until(() => connection.frames.length > 5)
    expect(await closeCleanly(connection)).toBe(1000)
    all.push(...identities(connection))
  }
  const existed = [...simulator.ledger.identities('message', NOON, NOON + 60_000)]
  const begin = existed.indexOf(all[0] ?? '')
  expect(all).toEqual(existed.slice(begin, begin + all.length))
})

test('after a drop the stream goes on behind what was sent, not behind what arrived', async () => {
  const { simulator, clock } = await start({ rates: { message: 1.5 }, pod: { firstSession: 'last hour' } })
  const connection = await connect(simulator.podUrl)
  await until(() => connection.frames.length > 0)
  connection.ws.pause()
  const [session] = simulator.sessions()
  await until(() => (session?.bufferedBytes() ?? 0) >= 256 * 1024)
  simulator.control({ command: 'drop', type: 'message' })
  connection.ws.resume()
  expect(await connection.closed).toBe(1006)
  const sent = simulator.ledger.sent.message.live
  expect(connection.frames.length).toBeLessThan(sent)

  await until(() => simulator.sessions().length === 0)
  const next = await connect(simulator.podUrl)
  await until(() => next.frames.length > 0)
  const existed = [...simulator.ledger.identities('message', NOON - 2 * HOUR_MS, clock.now())]
  expect(identities(next)[0]).toBe(existed[existed.indexOf(identities(connection)[0] ?? '') + sent])
})

test('after more than an hour the stream begins one hour back', async () => {
  const { simulator, clock } = await start({ rates: { message: 2 } })
  const connection = await connect(simulator.podUrl)
  await closeCleanly(connection)
  await until(() => simulator.sessions().length === 0)
  clock.jump(3 * HOUR_MS)
  const reconnected = clock.now()
  const next = await connect(simulator.podUrl)
  const backlog = simulator.ledger.count('message', reconnected - HOUR_MS, reconnected)
  await until(() => next.frames.length >= backlog)
  const existed = [...simulator.ledger.identities('message', reconnected - HOUR_MS, reconnected)]
  expect(existed.slice(0, 3)).toContain(identities(next)[0])
})

test('after less than an hour the stream resumes where the session dropped', async () => {
  const { simulator, clock } = await start({ rates: { message: 20 } })
  const connection = await connect(simulator.podUrl)
  await until(() => connection.frames.length > 2)
  await closeCleanly(connection)
  clock.jump(59 * 60_000)
  const next = await connect(simulator.podUrl)
  await until(() => next.frames.length > 100)
  const all = [...identities(connection), ...identities(next)]
  const existed = [...simulator.ledger.identities('message', NOON, clock.now())]
  const begin = existed.indexOf(all[0] ?? '')
  expect(all).toEqual(existed.slice(begin, begin + all.length))
})

test('an unclean drop leaves a zombie that holds the token for its time', async () => {
  const { simulator, clock } = await start({ pod: { zombieMs: 120_000 } })
  const connection = await connect(simulator.podUrl)
  connection.ws.terminate()
  await until(() => simulator.sessions().length === 0)
  await expect(connect(simulator.podUrl)).rejects.toThrow(/^409/)
  clock.jump(121_000)
  await connect(simulator.podUrl)
})

test('a silent stream sends nothing, and everything when it speaks again', async () => {
  const { simulator } = await start()
  simulator.control({ command: 'silent', type: 'audit', on: true })
  const audit = await connect(simulator.podUrl, { type: 'audit' })
  const maillog = await connect(simulator.podUrl, { type: 'maillog' })
  await until(() => maillog.frames.length > 10)
  expect(audit.frames).toHaveLength(0)
  simulator.control({ command: 'silent', type: 'audit', on: false })
  await until(() => audit.frames.length > 5)
})

test('a half-open session answers no ping, and what is sent into it counts as sent and goes nowhere', async () => {
  const { simulator } = await start()
  const connection = await connect(simulator.podUrl)
  const control = await connect(simulator.podUrl, { type: 'maillog' })
  let pongs = 0
  connection.ws.on('pong', () => pongs++)
  connection.ws.ping()
  await until(() => pongs === 1)
  simulator.control({ command: 'halfOpen', type: 'message' })
  connection.ws.ping()
  const sent = simulator.ledger.sent.message.live
  const seen = control.frames.length
  await until(() => control.frames.length > seen + 10 && simulator.ledger.sent.message.live > sent)
  expect(pongs).toBe(1)
  expect(connection.frames.length).toBeLessThanOrEqual(sent)
  expect(connection.ws.readyState).toBe(connection.ws.OPEN)
})

test('the script closes with any code', async () => {
  const { simulator } = await start()
  const connection = await connect(simulator.podUrl)
  simulator.control({ command: 'closeWith', type: 'message', code: 1011 })
  expect(await connection.closed).toBe(1011)
})

test('an injected frame is sent as it is, next, and stands in the ledger', async () => {
  const { simulator, clock } = await start({ rates: {} })
  const connection = await connect(simulator.podUrl, { type: 'audit' })
  simulator.inject('audit', Buffer.from('{"guid":"mine"}'))
  simulator.inject('audit', Buffer.from('no JSON'))
  await until(() => connection.frames.length === 2)
  expect(connection.frames.map(String)).toEqual(['{"guid":"mine"}', 'no JSON'])
  expect([...simulator.ledger.identities('audit', NOON, clock.now() + 1)]).toEqual(['mine', 'no JSON'])
  expect(simulator.ledger.count('audit', NOON, clock.now() + 1)).toBe(2)
})

test('a client that shows no sign of life is dropped, one that pings is not', async () => {
  const { simulator } = await start({ rates: {}, pod: { idleMs: 500 } })
  const quiet = await connect(simulator.podUrl)
  const lively = await connect(simulator.podUrl, { type: 'audit' })
  await until(() => {
    lively.ws.ping()
    return simulator.sessions().length < 2
  })
  expect(await quiet.closed).toBe(1006)
  expect(simulator.sessions().map(({ type }) => type)).toEqual(['audit'])
})

test('odd frames carry the same events: binary, after an empty frame, with a newline, with invalid UTF-8', async () => {
  const { simulator } = await start({ pod: { oddFrames: 1 } })
  const { frames, binary } = await connect(simulator.podUrl)
  await until(() => frames.length > 60)
  const texts = frames.map(frame => frame.toString('latin1'))
  expect(binary).toContain(true)
  expect(texts).toContain('')
  expect(texts.some(text => text.endsWith('}\n'))).toBe(true)
  expect(texts.some(text => text.includes('"agent":"\xff'))).toBe(true)
  const events = frames
    .filter(frame => frame.length > 0)
    .map(frame => identityOf(JSON.parse(frame.toString())))
  expect(new Set(events).size).toBe(events.length)
})

test('a slow reader holds the stream back, and misses nothing when it reads on', async () => {
  const { simulator, clock } = await start({ rates: { message: 1.5 }, pod: { firstSession: 'last hour' } })
  const from = clock.now() - HOUR_MS - 5000
  const connection = await connect(simulator.podUrl)
  connection.ws.pause()
  const backlog = simulator.ledger.count('message', clock.now() - HOUR_MS, clock.now())
  const [session] = simulator.sessions()
  await until(() => (session?.bufferedBytes() ?? 0) >= 256 * 1024)
  expect(session?.bufferedBytes()).toBeLessThan(256 * 1024 + 32 * 1024)
  expect(simulator.ledger.sent.message.live).toBeLessThan(backlog)
  connection.ws.resume()
  await until(() => connection.frames.length >= backlog)
  const got = identities(connection)
  const existed = [...simulator.ledger.identities('message', from, clock.now())]
  const begin = existed.indexOf(got[0] ?? '')
  expect(got).toEqual(existed.slice(begin, begin + got.length))
})
