import { afterEach, expect, test } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import type { SimulatorOptions } from '../../src/simulator/options.ts'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { identityOf } from '../../src/simulator/streams.ts'
import { account, connect, iso, jumpingClock, NOON, readAll, until } from './client.ts'

const started: Simulator[] = []
afterEach(() => Promise.all(started.splice(0).map(simulator => simulator.close())))

async function start(options: Partial<SimulatorOptions> = {}, clock = jumpingClock()) {
  const simulator = await startSimulator({
    ...account,
    clock,
    rates: { message: 0.1, audit: 0.05 },
    ...options,
  })
  started.push(simulator)
  return { simulator, clock }
}

const ids = (frames: readonly Buffer[]) => frames.map(frame => identityOf(JSON.parse(frame.toString())))
const hour = (n: number) => NOON - n * HOUR_MS
const lastHours = (from: number, to: number, type = 'message') => ({
  type,
  sinceTime: iso(hour(from)),
  toTime: iso(hour(to)),
})

test('times are rounded to the hours that hold them, and the session ends with 1000', async () => {
  const { simulator } = await start()
  const sinceTime = iso(hour(5) + 20 * 60_000)
  const { frames, code } = await readAll(simulator.podUrl, { sinceTime, toTime: iso(hour(5) + 40 * 60_000) })
  expect(code).toBe(1000)
  expect(ids(frames)).toEqual([...simulator.ledger.identities('message', hour(5), hour(4))])
  expect(frames.length).toBeGreaterThan(300)
})

test('the archive of 30 days ago is as readable as that of today', async () => {
  const { simulator } = await start()
  const target = lastHours(720 - 1, 720 - 2, 'audit')
  const { frames } = await readAll(simulator.podUrl, target)
  expect(frames).toHaveLength(simulator.ledger.count('audit', hour(719), hour(718)))
  expect(frames.length).toBeGreaterThan(100)
})

test('the archive gives the same bytes as the live stream did, injected frames too, and so does another server of that seed', async () => {
  const options = { rates: { message: 0.5 }, pod: { firstSession: 'last hour' } } as const
  const { simulator, clock } = await start(options)
  const live = await connect(simulator.podUrl)
  await until(() => live.frames.length > 1700)
  const mine = Buffer.from('{"guid":"mine"}')
  simulator.inject('message', mine)
  await until(() => live.frames.some(frame => frame.equals(mine)))
  live.ws.close()
  await live.closed

  clock.jump(2 * HOUR_MS)
  simulator.control({ command: 'inject', type: 'message', text: 'of another hour' })
  const { simulator: twin } = await start(options, jumpingClock(NOON + 2 * HOUR_MS))
  const archived = (await readAll(simulator.podUrl, lastHours(1, -1))).frames.map(String)
  const generated = (await readAll(twin.podUrl, lastHours(1, -1))).frames.map(String)
  expect(archived).toEqual([...generated, mine.toString()])
  const known = new Set(archived)
  expect(live.frames.map(String).filter(frame => !known.has(frame))).toEqual([])
})

test('another seed gives other events', async () => {
  const { simulator } = await start()
  const { simulator: other } = await start({ seed: 2 })
  const a = await readAll(simulator.podUrl, lastHours(5, 4))
  const b = await readAll(other.podUrl, lastHours(5, 4))
  expect(new Set([...ids(a.frames), ...ids(b.frames)]).size).toBe(a.frames.length + b.frames.length)
})

test('what is younger than half an hour is not there yet', async () => {
  const { simulator } = await start({}, jumpingClock(NOON + 45 * 60_000))
  const { frames, code } = await readAll(simulator.podUrl, lastHours(0, -3))
  expect(code).toBe(1000)
  const count = simulator.ledger.count('message', NOON, NOON + 15 * 60_000)
  expect(Math.abs(frames.length - count)).toBeLessThan(3)
  expect(ids(frames)).toEqual(
    [...simulator.ledger.identities('message', NOON, hour(-1))].slice(0, frames.length),
  )
})

test('without an end time the session stays open when all is sent', async () => {
  const { simulator } = await start()
  const count = simulator.ledger.count('message', hour(1), NOON - 30 * 60_000)
  const { ws, frames } = await connect(simulator.podUrl, { sinceTime: iso(hour(1)) })
  await until(() => frames.length >= count)
  ws.ping()
  await new Promise(resolve => ws.once('pong', resolve))
  expect(ws.readyState).toBe(ws.OPEN)
})

test('an emptied archive closes with 1000 and no event, truncated ones at different places; the next is whole', async () => {
  const { simulator } = await start()
  simulator.control({ command: 'emptyArchive' })
  simulator.control({ command: 'truncateArchive', count: 2 })
  const sessions = []
  for (let i = 0; i < 4; i++) sessions.push(await readAll(simulator.podUrl, lastHours(5, 4)))
  const whole = simulator.ledger.count('message', hour(5), hour(4))
  const [empty, first = 0, second = 0, last] = sessions.map(({ frames }) => frames.length)
  expect([empty, last]).toEqual([0, whole])
  expect(Math.max(first, second)).toBeLessThan(whole)
  expect(first).not.toBe(second)
  expect(sessions.map(({ code }) => code)).toEqual([1000, 1000, 1000, 1000])
})

test('a replay may differ in metadata, and may hold events twice', async () => {
  const { simulator } = await start({ pod: { replayMetadata: true, duplicates: 0.2 } })
  const { frames } = await readAll(simulator.podUrl, lastHours(5, 4))
  expect(JSON.parse(String(frames[0])).metadata.trace).toHaveLength(1)
  const distinct = new Set(ids(frames))
  expect(distinct.size).toBe(simulator.ledger.count('message', hour(5), hour(4)))
  expect(frames.length).toBeGreaterThan(distinct.size)
})

test.each([
  [false, 'leaves the live position where it was'],
  [true, 'moves the live position to its end, which loses what lies between'],
])('with archiveMovesResume %s an archive session %s', async (archiveMovesResume, _text) => {
  const { simulator, clock } = await start({ rates: { message: 1 }, pod: { archiveMovesResume } })
  const live = await connect(simulator.podUrl)
  live.ws.close()
  await live.closed
  clock.jump(10 * 60_000)
  await readAll(simulator.podUrl, lastHours(5, 4))
  const next = await connect(simulator.podUrl)
  const missed = simulator.ledger.count('message', NOON + 5000, clock.now() - 5000)
  await until(() => next.frames.length >= (archiveMovesResume ? 1 : missed))
  const [first = ''] = ids(next.frames)
  const before = [...simulator.ledger.identities('message', NOON, clock.now() - 60_000)]
  expect(before.includes(first)).toBe(!archiveMovesResume)
})
