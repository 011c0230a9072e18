import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { real } from '../../../src/clock.ts'
import { KnownError } from '../../../src/errors.ts'
import type { Cursor } from '../../../src/pipeline.ts'
import { type LateEvent, lateIndexTap } from '../../support/tap-late-index.ts'
import {
  DAY,
  HOUR,
  liveSource,
  MINUTE,
  NOW,
  pagesOf,
  SECOND,
  SECRET,
  tapOptions,
} from '../../support/tap-reader.ts'
import { answerText, type TapServer, tapServer, tellTime } from '../../support/tap-server.ts'

const servers: TapServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
async function serve(answer: Parameters<typeof tapServer>[0]): Promise<TapServer> {
  const server = await tapServer(answer)
  servers.push(server)
  return server
}

const settledOf = (cursor: Cursor): number => Number(cursor['settled'])

test('asks for all events of an interval, of every threat status, with the credentials', async () => {
  const tap = await serve(({ to }, response) => response.end(answerText({}, to)))
  await pagesOf(tapOptions(`${tap.url}/`), 1)
  const [{ path, query, headers } = tap.asked[0]!] = tap.asked
  expect(path).toBe('/v2/siem/all')
  expect([...query]).toEqual([
    ['format', 'json'],
    ['interval', '2026-11-22T09:00:00Z/2026-11-22T09:59:30Z'],
    ['threatStatus', 'active'],
    ['threatStatus', 'cleared'],
    ['threatStatus', 'falsePositive'],
  ])
  expect(headers.authorization).toBe(`Basic ${Buffer.from(`principal:${SECRET}`).toString('base64')}`)
})

test('yields each element of each array as it was sent, with the kind of its array', async () => {
  const body = `{"queryEndTime":"2026-11-22T09:59:30Z", "messagesDelivered":[ {"a" : 1.0} ],
    "messagesBlocked":[{"b":"\\u00e9"}],"clicksPermitted":[{}],"clicksBlocked":[null],"messagesHeld":[ [1, 2] ]}`
  const tap = await serve((_, response) => response.setHeader('content-type', 'text/plain').end(body))
  const options = tapOptions(tap.url)
  const [page] = await pagesOf(options, 1)
  expect(page?.events.map(({ kind, bytes }) => [kind, bytes.toString()])).toEqual([
    ['tap.message.delivered', '{"a" : 1.0}'],
    ['tap.message.blocked', '{"b":"\\u00e9"}'],
    ['tap.click.permitted', '{}'],
    ['tap.click.blocked', 'null'],
    ['tap.unknown', '[1, 2]'],
  ])
  expect(page?.events.every(({ observedAt }) => observedAt === NOW)).toBe(true)
  expect(page?.known).toBe(options.known)
})

test('is named after its principal', () => {
  expect(liveSource(tapOptions('http://127.0.0.1:1')).name).toBe('tap@principal')
})

for (const [what, status] of [
  ['empty arrays', 200],
  ['204', 204],
] as const) {
  test(`${what} move the cursor, and polls re-read what is not settled`, async () => {
    const tap = await serve(({ to }, response) => {
      tellTime(response, options.clock.now())
      response.writeHead(status).end(status === 200 ? answerText({}, to) : undefined)
    })
    const options = tapOptions(tap.url)
    const pages = await pagesOf(options, 3)
    expect(pages.map(({ events, cursor }) => [events.length, settledOf(cursor) - NOW])).toEqual([
      [0, -45 * MINUTE],
      [0, -44 * MINUTE],
      [0, -43 * MINUTE],
    ])
    expect(tap.asked.map(({ from, to }) => [from - NOW, to - NOW])).toEqual([
      [-60 * MINUTE, -30 * SECOND],
      [-45 * MINUTE, 30 * SECOND],
      [-44 * MINUTE, 90 * SECOND],
    ])
  })
}

test('catches up in full hours without waiting, then polls', async () => {
  const tap = await serve(({ to }, response) => {
    tellTime(response, options.clock.now())
    response.end(answerText({}, to))
  })
  const options = tapOptions(tap.url)
  await pagesOf(options, 4, { settled: NOW - 150 * MINUTE })
  expect(tap.asked.map(({ from, to }) => [(from - NOW) / MINUTE, (to - NOW) / MINUTE])).toEqual([
    [-150, -90],
    [-90, -30],
    [-30, -0.5],
    [-45, 0.5],
  ])
})

test('begins at the start when there is no cursor', async () => {
  const tap = await serve(({ to }, response) => response.end(answerText({}, to)))
  await pagesOf({ ...tapOptions(tap.url), start: NOW - 3 * DAY + 400 }, 1)
  expect(tap.asked[0]?.from).toBe(NOW - 3 * DAY)
})

test('an answer that ends before the window does is read on from there', async () => {
  const tap = await serve(({ from, to, before }, response) =>
    response.end(answerText({}, before === 0 ? from + 10 * MINUTE : to)),
  )
  await pagesOf(tapOptions(tap.url), 2, { settled: NOW - 5 * HOUR })
  expect(tap.asked.map(({ from }) => from - NOW)).toEqual([-5 * HOUR, -5 * HOUR + 10 * MINUTE])
})

test('a big answer comes in pages of at most 4 MB of which only the last moves the cursor', async () => {
  const elements = Array.from({ length: 12 }, (_, i) => ({ id: i, text: 'x'.repeat(2 ** 20) }))
  elements.push({ id: 12, text: 'x'.repeat(6 * 2 ** 20) }, { id: 13, text: '' })
  const tap = await serve(({ to }, response) => {
    tellTime(response, NOW)
    response.end(answerText({ clicksBlocked: elements }, to))
  })
  const from = { settled: NOW - 2 * HOUR }
  const pages = await pagesOf(tapOptions(tap.url), 6, from)
  expect(pages.map(({ events }) => events.length)).toEqual([3, 3, 3, 3, 1, 1])
  expect(pages.slice(0, -1).every(({ cursor }) => cursor['settled'] === from.settled)).toBe(true)
  expect(pages.at(-1)?.cursor).toEqual({ settled: NOW - HOUR })
  expect(tap.asked.length).toBe(1)
  const ids = pages.flatMap(({ events }) => events.map(({ bytes }) => JSON.parse(bytes.toString()).id))
  expect(ids).toEqual(elements.map(({ id }) => id))
})

/** Hours of events that are indexed up to half an hour late. */
const lateEvents = fc
  .array(fc.tuple(fc.nat(8 * 3600), fc.nat(30 * 60)), { minLength: 50, maxLength: 400 })
  .map(times =>
    times.map(([at, late], i): LateEvent => {
      const created = NOW - 2 * HOUR + at * SECOND
      return { id: `${i}`, created, indexed: created + late * SECOND }
    }),
  )

test('over hours with late, shuffled and repeated events and with crashes, every event is told', async () => {
  const crashes = fc.array(fc.tuple(fc.nat(80), fc.nat(150)), { maxLength: 5 })
  const skews = fc.constantFrom(0, -10 * MINUTE, 10 * MINUTE, HOUR, -DAY)
  await fc.assert(
    fc.asyncProperty(lateEvents, crashes, skews, async (events, crashes, skewMs) => {
      const options = tapOptions('http://127.0.0.1:1')
      const shifted = events.map(event => ({
        ...event,
        created: event.created + skewMs,
        indexed: event.indexed + skewMs,
      }))
      const tap = await lateIndexTap(shifted, options.clock, skewMs)
      const delivered = new Set<string>()
      let cursor: Cursor | undefined = { settled: NOW - 2 * HOUR + skewMs }
      const run = async (pages: number, until: number) => {
        for await (const page of liveSource({ ...options, url: tap.url }).read(
          cursor,
          new AbortController().signal,
        )) {
          for (const { bytes } of page.events) delivered.add(JSON.parse(bytes.toString()).id)
          // What is delivered is not always committed.
          if (--pages < 0) return
          if (skewMs === 0) expect(settledOf(page.cursor)).toBeGreaterThanOrEqual(settledOf(cursor ?? {}))
          cursor = page.cursor
          if (options.clock.now() > until) return
        }
      }
      for (const [pages, absence] of crashes) {
        await run(pages, Number.POSITIVE_INFINITY)
        options.clock.step(absence * MINUTE)
      }
      await run(Number.POSITIVE_INFINITY, Math.max(NOW + 7.5 * HOUR, options.clock.now() + 2 * MINUTE))
      await tap.close()
      expect(options.holes).toEqual([])
      expect(delivered.size).toBe(events.length)
    }),
    { numRuns: 12 },
  )
})

test('a server clock that is ahead settles nothing young: what is indexed late is still read', async () => {
  const options = tapOptions('http://127.0.0.1:1')
  const late = { id: '1', created: NOW - 10 * MINUTE, indexed: NOW + 15 * MINUTE }
  const tap = await lateIndexTap([late], options.clock, 0, { dateAheadMs: HOUR })
  const delivered = new Set<string>()
  for await (const page of liveSource({ ...options, url: tap.url }).read(
    { settled: NOW - 2 * HOUR },
    new AbortController().signal,
  )) {
    for (const { bytes } of page.events) delivered.add(JSON.parse(bytes.toString()).id)
    if (options.clock.now() > NOW + HOUR) break
  }
  await tap.close()
  expect([...delivered]).toEqual(['1'])
  expect(options.skews).toHaveLength(1)
  expect(options.skews[0]).toBeCloseTo(HOUR, -4)
})

test('stop ends the wait between polls', async () => {
  const tap = await serve(({ to }, response) => response.end(answerText({}, to)))
  const options = { ...tapOptions(tap.url), clock: real, start: real.now() - HOUR, intervalMs: HOUR }
  expect((await pagesOf(options, 1)).length).toBe(1)
})

test('stop drops an answer that is on its way, without an error', async () => {
  const stop = new AbortController()
  const tap = await serve(() => stop.abort())
  const pages: unknown[] = []
  for await (const page of liveSource(tapOptions(tap.url)).read(undefined, stop.signal)) pages.push(page)
  expect(pages).toEqual([])
  expect(tap.asked.length).toBe(1)
})

test('the secret is read before each request, and why it cannot be is the error', async () => {
  const tap = await serve(({ to }, response) => response.end(answerText({}, to)))
  let reads = 0
  const secret = async () => {
    if (++reads === 3) throw new KnownError('secret-unreadable', 'gone')
    return `secret-${reads}`
  }
  await expect(pagesOf({ ...tapOptions(tap.url), secret }, 9)).rejects.toMatchObject({
    code: 'secret-unreadable',
  })
  const sent = tap.asked.map(({ headers }) =>
    Buffer.from(headers.authorization!.slice(6), 'base64').toString(),
  )
  expect(sent).toEqual(['principal:secret-1', 'principal:secret-2'])
})
