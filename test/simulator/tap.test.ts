import { afterEach, expect, test } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import type { SimulatorOptions } from '../../src/simulator/options.ts'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { identityOf, type TapArray, tapArrays } from '../../src/simulator/streams.ts'
import { account, askTap, jumpingClock, NOON } from './client.ts'

const started: Simulator[] = []
afterEach(() => Promise.all(started.splice(0).map(simulator => simulator.close())))

const rates = { messagesDelivered: 0.1, messagesBlocked: 0.1, clicksPermitted: 0.05, clicksBlocked: 0.05 }
const MINUTE = 60_000

async function start(options: Partial<SimulatorOptions> = {}, clock = jumpingClock()) {
  const simulator = await startSimulator({ ...account, clock, rates, ...options })
  started.push(simulator)
  return { simulator, clock, ask: (path: string) => askTap(simulator.tapUrl, path) }
}

const interval = (fromMs: number, toMs: number) =>
  `interval=${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}&format=json`
const early = (hours: number) => NOON - hours * HOUR_MS
type Answer = { queryEndTime: string } & Record<TapArray, Record<string, unknown>[]>
const read = (text: string) => JSON.parse(text) as Answer
const identities = (answer: Answer, name: TapArray) => answer[name].map(identityOf).sort()

test('a settled window holds exactly what was created in it, each array all of its events', async () => {
  const { simulator, ask } = await start()
  const { status, text } = await ask(`all?${interval(early(3), early(2))}`)
  expect(status).toBe(200)
  const answer = read(text)
  expect(Object.keys(answer)).toEqual(['queryEndTime', ...tapArrays])
  expect(answer.queryEndTime).toBe('2026-06-15T10:00:00Z')
  for (const name of tapArrays) {
    expect(identities(answer, name)).toEqual(
      [...simulator.ledger.identities(name, early(3), early(2))].sort(),
    )
    expect(answer[name].length).toBeGreaterThan(100)
  }
})

test('creation is the later of the event and its threat, so a message condemned late stands in a late window', async () => {
  const { ask } = await start()
  const { messagesDelivered } = read((await ask(`all?${interval(early(3), early(2))}`)).text)
  const times = messagesDelivered.map(message => {
    const threats = message['threatsInfoMap'] as { threatTime: string }[]
    const messageMs = Date.parse(String(message['messageTime']))
    return {
      messageMs,
      createdMs: Math.max(messageMs, ...threats.map(({ threatTime }) => Date.parse(threatTime))),
    }
  })
  expect(times.every(({ createdMs }) => createdMs >= early(3) && createdMs < early(2))).toBe(true)
  expect(times.some(({ messageMs }) => messageMs < early(6))).toBe(true)
  expect(
    messagesDelivered.some(
      ({ subject, sender, messageID }) => subject === null && sender === '' && messageID === '',
    ),
  ).toBe(true)
})

test.each([
  ['all', tapArrays],
  ['issues', ['messagesDelivered', 'clicksPermitted']],
  ['messages/delivered', ['messagesDelivered']],
  ['messages/blocked', ['messagesBlocked']],
  ['clicks/permitted', ['clicksPermitted']],
  ['clicks/blocked', ['clicksBlocked']],
])('%s answers its arrays, present even if empty', async (path, arrays) => {
  const { ask } = await start({ rates: {} })
  const { status, text } = await ask(`${path}?${interval(early(3), early(2))}`)
  expect(status).toBe(200)
  expect(read(text)).toEqual({
    queryEndTime: '2026-06-15T10:00:00Z',
    ...Object.fromEntries(arrays.map(name => [name, []])),
  })
})

test.each([
  [
    'over 7 days back',
    interval(NOON - 7 * 24 * HOUR_MS - MINUTE, NOON - 7 * 24 * HOUR_MS),
    'The requested start time is too far into the past. Requests for information up to 7.00d are accepted',
  ],
  [
    'under 30 seconds',
    interval(early(2), early(2) + 29_000),
    'The requested interval is too short. Requests must be for at least 30.00s of data',
  ],
  [
    'over an hour',
    interval(early(2), early(1) + 1000),
    'The requested interval is too long. Requests must be for at most 1.00h of data',
  ],
  [
    'an end in the future',
    interval(NOON - MINUTE, NOON + MINUTE),
    'The requested interval is still current.',
  ],
  ['an end before the begin', interval(early(1), early(2)), ''],
  [
    'a sinceTime over an hour back',
    `sinceTime=${new Date(early(2)).toISOString()}&format=json`,
    'The sinceTime parameter gives a time too far into the past',
  ],
  [
    'too few seconds',
    'sinceSeconds=29&format=json',
    'The requested interval is too short. Requests must be for at least 30.00s of data',
  ],
  [
    'no time parameter',
    'format=json',
    'Exactly one of the parameters interval, sinceTime and sinceSeconds is required',
  ],
  [
    'two time parameters',
    'sinceSeconds=60&sinceTime=2026-06-15T11:50:00Z&format=json',
    'Exactly one of the parameters interval, sinceTime and sinceSeconds is required',
  ],
  ['an unreadable time', 'interval=a/b&format=json', 'The time parameter could not be read'],
  ['syslog, the default format', 'sinceSeconds=60', 'The simulator speaks format=json only'],
])('%s is refused with 400', async (_case, query, words) => {
  const { ask } = await start()
  const { status, text } = await ask(`all?${query}`)
  expect([status, text]).toEqual([400, words])
})

test.each([
  ['start/end', 'interval=2026-06-15T09:00:00Z/2026-06-15T09:30:00Z'],
  ['start/duration', 'interval=2026-06-15T09:00:00Z/PT30M'],
  ['duration/end', 'interval=PT30M/2026-06-15T09:30:00Z'],
  ['fractions and an encoded offset', 'interval=2026-06-15T09:00:00.000000%2B00:00/2026-06-15T09:30:00Z'],
])('an interval may be written as %s', async (_case, query) => {
  const { ask, simulator } = await start()
  const { status, text } = await ask(`clicks/blocked?${query}&format=JSON`)
  expect(status).toBe(200)
  expect(read(text).queryEndTime).toBe('2026-06-15T09:30:00Z')
  expect(read(text).clicksBlocked).toHaveLength(
    simulator.ledger.count('clicksBlocked', early(3), early(3) + 30 * MINUTE),
  )
})

test('the relative parameters end at the last full minute', async () => {
  const { ask } = await start({}, jumpingClock(NOON + 31_000))
  for (const query of ['sinceSeconds=600', 'sinceTime=2026-06-15T11:50:00Z']) {
    expect(read((await ask(`all?${query}&format=json`)).text).queryEndTime).toBe('2026-06-15T12:00:00Z')
  }
})

test('wrong paths, methods and credentials are refused', async () => {
  const { simulator, ask } = await start()
  expect((await ask('nothing?sinceSeconds=60')).status).toBe(404)
  const refused = await askTap(simulator.tapUrl, 'all?sinceSeconds=60', 'principal:wrong')
  expect(refused).toMatchObject({ status: 401, text: 'Credentials did not pass authentication' })
  expect((await fetch(`${simulator.tapUrl}/v2/siem/all`, { method: 'POST' })).status).toBe(405)
  expect(simulator.ledger.answers.tap).toEqual({ 401: 1, 404: 1, 405: 1 })
})

test('the quota is of any 24 hours, clicks/permitted has its own, and a 429 says nothing more', async () => {
  const { ask, clock } = await start({ rates: {}, tap: { dailyRequests: 3 } })
  const all = async () => (await ask('all?sinceSeconds=60&format=json')).status
  expect([await all(), await all()]).toEqual([200, 200])
  clock.jump(12 * HOUR_MS)
  expect([await all(), await all()]).toEqual([200, 429])
  expect((await ask('clicks/permitted?sinceSeconds=60&format=json')).status).toBe(200)
  expect((await ask('all?sinceSeconds=60&format=json')).headers.has('retry-after')).toBe(false)
  clock.jump(12 * HOUR_MS)
  expect([await all(), await all(), await all()]).toEqual([200, 200, 429])
})

test('a share of events is found only one to four hours after their creation, if so wished', async () => {
  const { simulator, ask, clock } = await start({ tap: { veryLate: 0.2 } })
  const window = interval(early(2), early(1))
  const existed = simulator.ledger.count('clicksBlocked', early(2), early(1))
  const found = async () => read((await ask(`all?${window}`)).text).clicksBlocked.length
  const shares: number[] = []
  for (const _ of [1, 2, 3, 4]) {
    shares.push((await found()) / existed)
    clock.jump(HOUR_MS)
  }
  const [hour = 0, twoHours = 0, threeHours = 0, fourHours = 0] = shares
  expect(hour).toBeGreaterThan(0.7)
  expect(hour).toBeLessThan(twoHours)
  expect(twoHours).toBeLessThan(threeHours)
  expect(threeHours).toBeLessThan(1)
  expect(fourHours).toBe(1)
})

test('events are found up to half an hour after their creation, and none later', async () => {
  const { simulator, ask, clock } = await start()
  const window = interval(NOON - 10 * MINUTE, NOON - MINUTE)
  const counts: number[] = []
  for (let i = 0; i < 4; i++) {
    counts.push(read((await ask(`messages/blocked?${window}`)).text).messagesBlocked.length)
    clock.jump(10 * MINUTE)
  }
  const all = simulator.ledger.count('messagesBlocked', NOON - 10 * MINUTE, NOON - MINUTE)
  const [first = 0, second = 0, third = 0, fourth = 0] = counts
  expect(first).toBeGreaterThan(all / 2)
  expect(first).toBeLessThan(second)
  expect(second).toBeLessThan(all)
  expect(second).toBeLessThanOrEqual(third)
  expect(fourth).toBe(all)
})

test('order changes from answer to answer, of events and of message parts; the events do not', async () => {
  const { simulator, ask } = await start()
  const query = `messages/blocked?${interval(early(3), early(2))}`
  const answers = [read((await ask(query)).text), read((await ask(query)).text)]
  const [a, b] = answers.map(answer => answer.messagesBlocked.map(identityOf))
  expect(a).not.toEqual(b)
  expect(a?.toSorted()).toEqual(b?.toSorted())
  const parts = answers.map(answer =>
    answer.messagesBlocked
      .toSorted((x, y) => (identityOf(x) < identityOf(y) ? -1 : 1))
      .map(({ messageParts }) => (messageParts as { sha256: string }[] | null)?.map(({ sha256 }) => sha256)),
  )
  expect(parts[0]).not.toEqual(parts[1])
  expect(parts[0]?.map(list => list?.toSorted())).toEqual(parts[1]?.map(list => list?.toSorted()))
  const { simulator: twin } = await start()
  const [one, two] = await Promise.all(
    [start(), start()].map(async each => (await (await each).ask(query)).text),
  )
  expect(one).toBe(two)
  expect(twin.ledger.count('messagesBlocked', early(3), early(2))).toBe(
    simulator.ledger.count('messagesBlocked', early(3), early(2)),
  )
})

test('filters select by type and status of one threat; false positives only when asked for', async () => {
  const { ask } = await start()
  const query = `messages/blocked?${interval(early(3), early(2))}`
  const statuses = (message: Record<string, unknown>) =>
    (message['threatsInfoMap'] as { threatStatus?: string }[]).map(({ threatStatus }) => threatStatus)
  const all = read((await ask(query)).text).messagesBlocked
  const cleared = read((await ask(`${query}&threatStatus=cleared`)).text).messagesBlocked
  const both = read((await ask(`${query}&threatStatus=active&threatStatus=cleared`)).text).messagesBlocked
  const wrong = read((await ask(`${query}&threatStatus=falsePositive`)).text).messagesBlocked
  const attached = read((await ask(`${query}&threatType=attachment`)).text).messagesBlocked
  expect(both).toHaveLength(all.length)
  expect(cleared.length).toBeGreaterThan(0)
  expect(cleared.length).toBeLessThan(all.length)
  expect(cleared.every(message => statuses(message).includes('cleared'))).toBe(true)
  expect(wrong.length).toBeGreaterThan(0)
  expect(wrong.every(message => statuses(message).includes('falsepositive'))).toBe(true)
  expect(attached.length).toBeGreaterThan(0)
  expect(attached.length).toBeLessThan(all.length)
})

test('duplicates, text/plain, 204, time-outs of big windows and a skewed clock can be switched on', async () => {
  const tap = { duplicates: 0.3, textPlain: true, longestWindowMs: HOUR_MS / 2, clockSkewMs: 5 * MINUTE }
  const { ask, simulator } = await start({ tap })
  expect((await ask(`all?${interval(early(3), early(2))}`)).status).toBe(500)
  const half = await ask(`messages/blocked?${interval(early(3), early(3) + HOUR_MS / 2)}`)
  expect(half.headers.get('content-type')).toBe('text/plain')
  const ids = identities(read(half.text), 'messagesBlocked')
  expect(ids.length).toBeGreaterThan(new Set(ids).size)
  expect(new Set(ids).size).toBe(simulator.ledger.count('messagesBlocked', early(3), early(3) + HOUR_MS / 2))
  const ahead = await ask(`all?${interval(NOON, NOON + 4 * MINUTE)}`)
  expect(ahead.status).toBe(200)
  expect(ahead.headers.get('date')).toMatch(/^Mon, 15 Jun 2026 12:05/)
  const { ask: askEmpty } = await start({ rates: {}, tap: { emptyAs204: true } })
  expect(await askEmpty('all?sinceSeconds=60&format=json')).toMatchObject({ status: 204, text: '' })
})

test('the script makes the next answers fail', async () => {
  const { simulator, ask } = await start()
  const query = `all?${interval(early(3), early(2))}`
  for (const [fault, status] of [
    ['500', 500],
    ['429', 429],
    ['401', 401],
  ] as const) {
    simulator.control({ command: 'failTap', fault })
    expect((await ask(query)).status).toBe(status)
  }
  simulator.control({ command: 'failTap', fault: 'broken' })
  const broken = await ask(query)
  expect(broken.status).toBe(200)
  expect(() => JSON.parse(broken.text)).toThrow(SyntaxError)
  simulator.control({ command: 'failTap', fault: 'cut off' })
  await expect(ask(query)).rejects.toThrow()
  expect((await ask(query)).status).toBe(200)
})
