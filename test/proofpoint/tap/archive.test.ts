import type { ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { Page } from '../../../src/pipeline.ts'
import { type HourRead, tapHourSource } from '../../../src/proofpoint/tap/archive.ts'
import { tapReader } from '../../../src/proofpoint/tap/reader.ts'
import { tapSource } from '../../../src/proofpoint/tap/source.ts'
import { DAY, HOUR, impatient, MINUTE, NOW, pagesOf, SECOND, tapOptions } from '../../support/tap-reader.ts'
import { type Asked, answerText, type TapServer, tapServer } from '../../support/tap-server.ts'

const THREE = NOW - 7 * HOUR

async function serve(answer: Parameters<typeof tapServer>[0]): Promise<TapServer> {
  const server = await tapServer(answer)
  onTestFinished(() => server.close())
  return server
}

const ok = ({ to }: Asked, response: ServerResponse) => response.end(answerText({}, to))

type Options = ReturnType<typeof optionsFor>

/** What reading one hour yields. */
async function hourOf(options: Options, read: Partial<HourRead> = {}, stop = new AbortController().signal) {
  const source = tapHourSource(
    { ...options, reader: tapReader(options) },
    { hour: THREE, id: 7, purpose: 'repair', ...read },
  )
  const pages: Page[] = []
  for await (const page of source.read(undefined, stop)) pages.push(page)
  return { source, pages }
}

const optionsFor = (tap: TapServer, more: Parameters<typeof tapOptions>[1] = {}) => ({
  ...tapOptions(tap.url, more),
  start: NOW - 30 * DAY,
  settledMs: 6 * HOUR,
})

const windowsOf = (tap: TapServer) =>
  tap.asked.map(({ from, to }) => [(from - THREE) / MINUTE, (to - THREE) / MINUTE])

test('an hour is asked for as a whole, and its pages belong to the read', async () => {
  const tap = await serve(({ to }, response) => response.end(answerText({ clicksBlocked: [{ id: 1 }] }, to)))
  const options = optionsFor(tap)
  const { source, pages } = await hourOf(options)
  expect(source).toMatchObject({ name: 'tap@principal', lane: 'repair' })
  expect(windowsOf(tap)).toEqual([[0, 60]])
  expect(pages).toMatchObject([{ cursor: {}, read: 7, events: [{ kind: 'tap.click.blocked' }] }])
  expect(pages[0]?.known).toBe(options.known)
})

test('an hour without events ends with an empty page, so that the read is one', async () => {
  const tap = await serve((_, response) => response.writeHead(204).end())
  const { pages } = await hourOf(optionsFor(tap))
  expect(pages).toMatchObject([{ events: [], read: 7 }])
})

for (const [what, refuse] of [
  ['fail', (response: ServerResponse) => response.writeHead(500).end()],
  [
    'are refused in words of their own',
    (response: ServerResponse) => response.writeHead(400).end('too long'),
  ],
  ['are never answered', () => {}],
  ['break off in silence', (response: ServerResponse) => response.write('{"clicksBlocked":[')],
] as const) {
  test(`windows that ${what} become smaller until the hour is read`, async () => {
    const tap = await serve((asked, response) =>
      asked.to - asked.from > 20 * MINUTE ? refuse(response) : ok(asked, response),
    )
    await hourOf(optionsFor(tap, { dispatcher: impatient(100) }))
    expect(windowsOf(tap)).toEqual([
      [0, 60],
      [0, 30],
      [0, 15],
      [15, 30],
      [30, 45],
      [45, 60],
    ])
  })
}

test('a TAP that fails at any window is asked five times, and then not for a quarter of an hour', async () => {
  const tap = await serve((_, response) => response.writeHead(503).end())
  await expect(hourOf(optionsFor(tap))).rejects.toMatchObject({
    code: 'tap-unavailable',
    afterMs: 15 * MINUTE,
  })
  expect(windowsOf(tap)).toEqual([
    [0, 60],
    [0, 30],
    [0, 15],
    [0, 7.5],
    [0, 5],
  ])
})

test('an error with status 200 is no answer for the hour', async () => {
  const tap = await serve((_, response) => response.end('{"errors":["backend unavailable"]}'))
  await expect(hourOf(optionsFor(tap))).rejects.toMatchObject({ code: 'tap-broken-answer' })
})

for (const [text, what] of [
  ['The requested start time is too far into the past.', 'too old'],
  ['The requested interval is still current.', 'not over'],
] as const) {
  test(`an hour that is ${what} for TAP is not asked for in pieces`, async () => {
    const tap = await serve((_, response) => response.writeHead(400).end(text))
    await expect(hourOf(optionsFor(tap))).rejects.toMatchObject({ code: 'tap-bad-request' })
    expect(tap.asked.length).toBe(1)
  })
}

test('an answer that ends early is read on from there, to the end of the hour', async () => {
  const tap = await serve(({ from, to, before }, response) =>
    response.end(answerText({}, before === 0 ? from + 60 * MINUTE - 10 * SECOND : to)),
  )
  await hourOf(optionsFor(tap))
  expect(windowsOf(tap)).toEqual([
    [0, 60],
    [59.5, 60],
  ])
})

test('the hour in which the stream began is read from there, unless it was asked for by hand', async () => {
  const tap = await serve(ok)
  const options = { ...optionsFor(tap), start: THREE + 20 * MINUTE }
  await hourOf(options)
  await hourOf(options, { purpose: 'backfill' })
  expect(windowsOf(tap)).toEqual([
    [20, 60],
    [0, 60],
  ])
})

test('requests are counted by what they are for', async () => {
  const tap = await serve(ok)
  const options = optionsFor(tap)
  await hourOf(options)
  await hourOf(options, { purpose: 'backfill' })
  await pagesOf(options, 1, { settled: NOW - HOUR })
  expect(options.budget.spentSince(0)).toEqual({ live: 1, repair: 1, backfill: 1 })
})

test('stop in the middle of an hour ends it without an error', async () => {
  const stop = new AbortController()
  const tap = await serve(() => stop.abort())
  const { pages } = await hourOf(optionsFor(tap), {}, stop.signal)
  expect(pages).toEqual([])
})

test('a refusal of the quota while an hour is read keeps the polls waiting too', async () => {
  const tap = await serve((asked, response) =>
    asked.before === 0 ? response.writeHead(429).end() : ok(asked, response),
  )
  const options = optionsFor(tap)
  const reader = tapReader(options)
  const stop = new AbortController()
  const hour = tapHourSource({ ...options, reader }, { hour: THREE, id: 1, purpose: 'repair' })
  await expect(hour.read(undefined, stop.signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'tap-quota',
    afterMs: 15 * MINUTE,
  })
  const before = options.clock.now()
  const polls = tapSource({ ...options, reader }).read({ settled: NOW - HOUR }, stop.signal)
  await polls[Symbol.asyncIterator]().next()
  expect(options.clock.now() - before).toBe(15 * MINUTE)
})

for (const [what, dateAheadMs, clockAheadMs] of [
  ["TAP's clock", -10 * MINUTE, 0],
  ['our clock', 0, -10 * MINUTE],
] as const) {
  test(`an hour that is not settled by ${what} is told, but proves nothing`, async () => {
    const tap = await serve(({ to }, response) => {
      response.setHeader('date', new Date(NOW + dateAheadMs).toUTCString())
      response.end(answerText({ clicksBlocked: [{ id: 1 }] }, to))
    })
    const options = optionsFor(tap)
    options.clock.step(clockAheadMs)
    const source = tapHourSource(
      { ...options, reader: tapReader(options) },
      { hour: THREE, id: 7, purpose: 'repair' },
    )
    const pages: Page[] = []
    const read = async () => {
      for await (const page of source.read(undefined, new AbortController().signal)) pages.push(page)
    }
    await expect(read()).rejects.toMatchObject({ code: 'clock-skew', afterMs: 15 * MINUTE })
    expect(pages).toMatchObject([{ events: [{ kind: 'tap.click.blocked' }] }])
    expect(windowsOf(tap)).toEqual([[0, 60]])
  })
}

test('the time that lags behind, of the server or of us, is the one that is believed', async () => {
  let aheadMs = -3 * HOUR
  const tap = await serve((asked, response) => {
    response.setHeader('date', new Date(NOW + aheadMs).toUTCString())
    ok(asked, response)
  })
  const options = optionsFor(tap)
  const reader = tapReader(options)
  const ask = () => reader.ask({ from: THREE, to: THREE + HOUR }, 'repair', new AbortController().signal)
  expect(reader.earlier.now()).toBe(NOW)
  await ask()
  expect(reader.earlier.now()).toBe(NOW - 3 * HOUR)
  aheadMs = HOUR
  await ask()
  expect(reader.earlier.now()).toBe(NOW)
})
