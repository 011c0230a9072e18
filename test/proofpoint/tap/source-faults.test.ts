import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { dispatcher } from '../../../src/proxy.ts'
import {
  DAY,
  failureOf,
  HOUR,
  impatient,
  liveSource,
  MINUTE,
  NOW,
  pagesOf,
  SECOND,
  SECRET,
  tapOptions,
} from '../../support/tap-reader.ts'
import { type Asked, answerText, type TapServer, tapServer, tellTime } from '../../support/tap-server.ts'

const servers: TapServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
async function serve(answer: Parameters<typeof tapServer>[0]): Promise<TapServer> {
  const server = await tapServer(answer)
  servers.push(server)
  return server
}

const ok = ({ to }: Asked, response: ServerResponse) => response.end(answerText({}, to))

for (const [status, code] of [
  [401, 'tap-unauthorized'],
  [403, 'tap-forbidden'],
  [404, 'tap-not-found'],
  [407, 'proxy-refused'],
  [429, 'tap-quota'],
  [302, 'tap-not-found'],
  [500, 'tap-unavailable'],
  [503, 'tap-unavailable'],
] as const) {
  test(`HTTP ${status} is ${code}, told in one short line without the secret`, async () => {
    const tap = await serve((_, response) =>
      response.writeHead(status).end(`no\n <p>${SECRET}</p> ${'x'.repeat(999)}`),
    )
    const failure = await failureOf(tapOptions(tap.url))
    expect(failure).toMatchObject({ code, pages: [] })
    expect(failure.message).toMatch(new RegExp(`^HTTP ${status}: no <p>\\*\\*\\*</p> x+$`))
    expect(failure.message.length).toBeLessThan(250)
  })
}

test('a server that cannot be reached is a network error', async () => {
  const tap = await tapServer(ok)
  await tap.close()
  expect((await failureOf(tapOptions(tap.url))).code).toBe('connect-failure')
})

test('a proxy that cannot be reached is told as the proxy', async () => {
  const url = 'https://tap.example'
  const connections = dispatcher({ url, proxies: { HTTPS_PROXY: 'http://127.0.0.1:9' } })
  expect(await failureOf(tapOptions(url, { dispatcher: connections }))).toMatchObject({
    code: 'proxy-failure',
    message: 'tap.example: the proxy cannot be reached (ECONNREFUSED 127.0.0.1:9)',
  })
})

for (const [what, end] of [
  ['a connection that breaks', (response: ServerResponse) => response.destroy()],
  ['an end that comes too early', (response: ServerResponse) => response.end()],
] as const) {
  test(`after ${what} in an answer the cursor stands where it was`, async () => {
    const elements = Array.from({ length: 6 }, (_, i) => ({ id: i, text: 'x'.repeat(2 ** 20) }))
    const tap = await serve(({ to }, response) => {
      const whole = answerText({ clicksBlocked: elements }, to)
      response.write(whole.slice(0, -3), () => end(response))
    })
    const from = { settled: NOW - HOUR }
    const { code, pages } = await failureOf(tapOptions(tap.url), from)
    expect(code).toBe(what === 'a connection that breaks' ? 'connect-failure' : 'tap-broken-answer')
    expect(pages.every(({ cursor }) => cursor['settled'] === from.settled)).toBe(true)
  })
}

test('a page of HTML with status 200 is a broken answer', async () => {
  const tap = await serve((_, response) => response.end('<html>Please sign in</html>'))
  expect((await failureOf(tapOptions(tap.url))).code).toBe('tap-broken-answer')
})

for (const answer of [
  '{"errors":["backend unavailable"]}',
  '{"errors":[]}',
  '{"fault":[],"detail":"x"}',
  '{"queryEndTime":""}',
  '{"queryEndTime":"error 5"}',
  '{"queryEndTime":"2026-11-31T25:00:00Z"}',
  '{"queryEndTime":null,"messagesHeld":[]}',
]) {
  test(`${answer} with status 200 is a broken answer: nothing is settled by it`, async () => {
    const tap = await serve((_, response) => response.end(answer))
    expect(await failureOf(tapOptions(tap.url))).toMatchObject({ code: 'tap-broken-answer', pages: [] })
  })
}

for (const answer of [
  '{"queryEndTime":"2026-11-22T09:59:30Z"}',
  '{"queryEndTime":"2026-11-22T09:59:30.000+00:00","errors":[]}',
  '{"clicksBlocked":[]}',
  '{"MESSAGESDELIVERED":[]}',
  '{"queryEndTime":"","messagesHeld":[],"messagesBlocked":[]}',
]) {
  test(`${answer} is a whole answer without events`, async () => {
    const tap = await serve((_, response) => response.end(answer))
    expect(await pagesOf(tapOptions(tap.url), 1)).toMatchObject([{ events: [] }])
  })
}

test('a window that is too old is clamped to seven days, and the hole is told', async () => {
  const tap = await serve((asked, response) => {
    tellTime(response, NOW)
    if (asked.from >= NOW - 7 * DAY) return ok(asked, response)
    return response
      .writeHead(400)
      .end(
        'The requested start time is too far into the past. Requests for information up to 7.00d are accepted',
      )
  })
  const options = tapOptions(tap.url)
  const begin = NOW - 40 * DAY
  const reached = NOW - 7 * DAY + 5 * MINUTE
  const pages = await pagesOf(options, 2, { settled: begin })
  expect(options.holes).toEqual([[begin, reached]])
  expect(pages.map(({ cursor }) => cursor['settled'])).toEqual([reached + HOUR, reached + 2 * HOUR])
  expect(options.budget.spent.length).toBe(3)
})

test('a window that ends too near to the present ends earlier, and so do the next', async () => {
  const tap = await serve((asked, response) => {
    if (asked.to <= options.clock.now() - 50 * SECOND) return ok(asked, response)
    return response.writeHead(400).end('The requested interval is still current.')
  })
  const options = tapOptions(tap.url)
  await pagesOf(options, 3)
  expect(tap.asked.map(({ to }) => (to - NOW) / SECOND)).toEqual([-30, -31, -60, 0, 60])
  expect(options.budget.spent.length).toBe(5)
})

test('a refused window that is too short begins earlier', async () => {
  const tap = await serve((asked, response) => {
    if (asked.to - asked.from >= MINUTE) return ok(asked, response)
    return response.writeHead(400).end('The requested interval is too short.')
  })
  const [page] = await pagesOf(tapOptions(tap.url), 1, { settled: NOW - 70 * SECOND })
  expect(tap.asked.map(({ from, to }) => [(from - NOW) / SECOND, (to - NOW) / SECOND])).toEqual([
    [-70, -30],
    [-90, -30],
  ])
  expect(page?.cursor).toEqual({ settled: NOW - 70 * SECOND })
})

test('a refusal in unknown words is an error with these words', async () => {
  const tap = await serve((_, response) => response.writeHead(400).end('no such thing'))
  expect(await failureOf(tapOptions(tap.url))).toMatchObject({
    code: 'tap-bad-request',
    message: 'HTTP 400 for 2026-11-22T09:00:00Z/2026-11-22T09:59:30Z: no such thing',
  })
})

test('a server that refuses every window is asked four times', async () => {
  const tap = await serve((_, response) =>
    response.writeHead(400).end('The requested interval is still current.'),
  )
  const options = tapOptions(tap.url)
  expect((await failureOf(options)).code).toBe('tap-bad-request')
  expect(tap.asked.length).toBe(4)
  expect(options.budget.spent.length).toBe(4)
})

test('a cursor in the future of the server is not believed', async () => {
  const tap = await serve((asked, response) => {
    response.setHeader('date', new Date(options.clock.now()).toUTCString())
    if (asked.to <= options.clock.now()) return ok(asked, response)
    return response.writeHead(400).end('The requested interval is still current.')
  })
  const options = tapOptions(tap.url)
  const pages = await pagesOf(options, 2, { settled: NOW + 5 * HOUR })
  expect(pages.map(({ cursor }) => Number(cursor['settled']) - NOW)).toEqual([-45 * MINUTE, -44 * MINUTE])
  expect(tap.asked.at(-1)?.from).toBe(NOW - 45 * MINUTE)
})

for (const [what, hang] of [
  ['says nothing', () => {}],
  ['stops in the middle', (response: ServerResponse) => response.write('{"messagesBlocked":[')],
  ['fails', (response: ServerResponse) => response.writeHead(500).end()],
] as const) {
  test(`windows are halved when the server ${what}, and grow again pass by pass`, async () => {
    const tap = await serve((asked, response) => {
      if (asked.to - asked.from > 20 * MINUTE) return hang(response)
      return ok(asked, response)
    })
    const source = liveSource(tapOptions(tap.url, { dispatcher: impatient(100) }))
    const from = { settled: NOW - HOUR }
    for (const _ of [1, 2]) {
      const read = source.read(from, new AbortController().signal)[Symbol.asyncIterator]()
      await expect(read.next()).rejects.toMatchObject({
        code: what === 'fails' ? 'tap-unavailable' : 'connect-timeout',
      })
    }
    const stop = new AbortController()
    for await (const _ of source.read(from, stop.signal)) if (tap.asked.length === 7) stop.abort()
    const lengths = tap.asked.map(({ from, to }) => (to - from) / MINUTE)
    expect(lengths).toEqual([59.5, 30, 15, 15, 15, 14.5, 20])
  })
}

test('a request is counted before it is made', async () => {
  const tap = await serve((asked, response) => {
    expect(options.budget.spent.length).toBe(asked.before + 1)
    return ok(asked, response)
  })
  const options = tapOptions(tap.url)
  await pagesOf(options, 3)
  expect(tap.asked.length).toBe(3)
})

test('a 429 says how long to wait, longer each time in a row, and anew after an answer', async () => {
  let quota = true
  const tap = await serve((asked, response) => (quota ? response.writeHead(429).end() : ok(asked, response)))
  const source = liveSource(tapOptions(tap.url))
  const next = () => source.read(undefined, new AbortController().signal)[Symbol.asyncIterator]().next()
  const quotaMet = (minutes: number) => ({ code: 'tap-quota', afterMs: minutes * MINUTE })
  for (const minutes of [15, 30, 60]) await expect(next()).rejects.toMatchObject(quotaMet(minutes))
  quota = false
  await next()
  quota = true
  for (const minutes of [15, 30]) await expect(next()).rejects.toMatchObject(quotaMet(minutes))
})

test('one answer with a wrong time silences nothing: the next polls read on to the present', async () => {
  const tap = await serve((asked, response) => {
    const lie = asked.before === 1 ? 3 * DAY : 0
    response.setHeader('date', new Date(options.clock.now() + lie).toUTCString())
    if (asked.before > 0) return ok(asked, response)
    return response.writeHead(400).end('The requested interval is still current.')
  })
  const options = tapOptions(tap.url)
  const pages = await pagesOf(options, 10)
  expect(options.clock.now() - NOW).toBeLessThan(20 * MINUTE)
  expect(pages.at(-1)?.cursor['settled']).toBeGreaterThan(NOW - 45 * MINUTE)
})

test('a lag that TAP once wanted is tried without after an hour', async () => {
  const wanted = () => (options.clock.now() < NOW + 10 * MINUTE ? 50 * SECOND : 0)
  const lags: number[] = []
  const tap = await serve((asked, response) => {
    lags.push((options.clock.now() - asked.to) / SECOND)
    if (asked.to <= options.clock.now() - wanted()) return ok(asked, response)
    return response.writeHead(400).end('The requested interval is still current.')
  })
  const options = tapOptions(tap.url)
  await pagesOf(options, 65)
  expect(lags.slice(0, 3)).toEqual([30, 31, 60])
  expect(new Set(lags.slice(3, 60))).toEqual(new Set([60]))
  expect(lags.at(-1)).toBe(30)
})
