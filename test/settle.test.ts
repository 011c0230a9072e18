import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { elapsed } from '../src/clock.ts'
import { journal } from '../src/operations/journal.ts'
import { workerLog } from '../src/operations/log.ts'
import { deliver, type Exporter } from '../src/pipeline.ts'
import { settle } from '../src/settle.ts'
import {
  eventOf,
  exporterTo,
  mapper,
  never,
  observedAt,
  page,
  range,
  textOf,
  uidOf,
  uidsOf,
} from './support/deliveries.ts'
import { judgingCollector } from './support/judging-collector.ts'
import {
  answer,
  answerEndlessly,
  closeAfterHead,
  drip,
  hang,
  type Misbehaviour,
  nobody,
  reset,
  resetMidAnswer,
} from './support/otlp-fault-servers.ts'

const taken = { status: 200 }
const TIMEOUT_MS = 1_000
const html = { 'content-type': 'text/html' }
const json = { 'content-type': 'application/json' }
const protobuf = { 'content-type': 'application/x-protobuf' }

/** What the log says of the exporter it watches: the codes of its troubles, and `info` for their end, or for a search. */
function alarms(exporter: Exporter) {
  const told: string[] = []
  const write = (line: string) => {
    const { code, level } = JSON.parse(line)
    told.push(code ?? level)
  }
  const log = workerLog({ level: 'info', format: 'json', colour: false, destination: { write } })
  return { exporter: journal(log).exporter('a stream', exporter), told }
}

const RECOVERED = 30
const SEARCHES = 30

// The waits between attempts are random parts of a limit: here they are none.
beforeAll(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterAll(() => void vi.restoreAllMocks())

describe('the same records are sent again, and nothing is given up, when the collector', () => {
  const rows: [what: string, misbehaviour: Misbehaviour, alarm: string][] = [
    ['answers 408', answer(408), 'collector-unavailable'],
    ['answers 429 with Retry-After', answer(429, { 'retry-after': '1' }), 'collector-unavailable'],
    ['answers 502', answer(502), 'collector-unavailable'],
    ['answers 503 as with a full queue', answer(503, {}, 'sending queue is full'), 'collector-unavailable'],
    ['answers 504', answer(504), 'collector-unavailable'],
    ['never answers', hang, 'collector-unavailable'],
    ['resets the connection', reset, 'collector-unavailable'],
    ['resets it in the middle of its answer', resetMidAnswer, 'collector-unavailable'],
    ['closes it after the head of its answer', closeAfterHead, 'collector-unavailable'],
    ['answers too slowly', drip(TIMEOUT_MS / 8), 'collector-unavailable'],
    ['answers 401', answer(401, json, '{"code":16}'), 'collector-misconfigured'],
    ['passes on a 403 of its back end', answer(403, {}, 'Permanent error'), 'collector-misconfigured'],
    ['answers 404', answer(404, {}, '404 page not found'), 'collector-misconfigured'],
    ['answers 405', answer(405), 'collector-misconfigured'],
    ['answers 415', answer(415), 'collector-misconfigured'],
    ['answers 301', answer(301, { location: '/elsewhere' }), 'collector-misconfigured'],
    ['answers 308', answer(308, { location: '/elsewhere' }), 'collector-misconfigured'],
    ['answers 500', answer(500), 'collector-misconfigured'],
    ['answers 501', answer(501), 'collector-misconfigured'],
    ['answers 200 with an HTML page', answer(200, html, '<html>Log in</html>'), 'collector-misconfigured'],
    ['answers 200 with the JSON of others', answer(200, json, '{"ok":true}'), 'collector-misconfigured'],
    ['answers 200 with JSON that breaks off', answer(200, json, '{"par'), 'collector-misconfigured'],
    [
      'answers 200 with protobuf that breaks off',
      answer(200, protobuf, Buffer.from('0a05', 'hex')),
      'collector-misconfigured',
    ],
    ['answers without an end', answerEndlessly, 'collector-misconfigured'],
  ]

  it.concurrent.each(rows)('%s', async (_, misbehaviour, alarm) => {
    await using collector = await judgingCollector((_, request) => (request === 1 ? misbehaviour : taken))
    const { exporter, told } = alarms(exporterTo(collector.url, TIMEOUT_MS))
    const receipt = await deliver(page('a', 'b', 'c'), mapper, exporter, never)
    const uids = ['a', 'b', 'c'].map(name => uidOf(textOf(name)))
    expect(collector.received.length).toBeGreaterThan(1)
    for (const records of collector.received) expect(records.map(({ uid }) => uid)).toEqual(uids)
    expect(collector.records.map(({ uid }) => uid)).toEqual(uids)
    expect(uidsOf(receipt)).toEqual(uids)
    expect(receipt.deadLetters).toEqual([])
    expect(told).toEqual([alarm, RECOVERED])
  })

  it('is down at first', async () => {
    const { url } = await nobody()
    const { exporter, told } = alarms(exporterTo(url))
    const delivering = deliver(page('a'), mapper, exporter, never)
    await expect.poll(() => told).toEqual(['collector-unavailable'])
    await using collector = await judgingCollector(() => taken, Number(new URL(url).port))
    expect(uidsOf(await delivering)).toEqual([uidOf(textOf('a'))])
    expect(collector.taken).toEqual([textOf('a')])
  })
})

describe('a bad record', () => {
  it.each([[[0]], [[256]], [[511]], [[0, 511]], [[255, 256]], [[0, 256, 511]], [[17, 18, 400]]])(
    'of 512 (at %j) is found in 2 log2(n) + 2 requests each, and the rest is delivered',
    async bad => {
      const poison = new Set(bad.map(name => textOf(name)))
      await using collector = await judgingCollector(bodies =>
        bodies.some(body => poison.has(body))
          ? { status: 400, body: '{"code":3,"message":"bad guid"}' }
          : taken,
      )
      const receipt = await deliver(page(...range(512)), mapper, exporterTo(collector.url), never)
      expect(collector.requests.length).toBeLessThanOrEqual(bad.length * (2 * Math.log2(512) + 2))
      const good = range(512).filter(name => !bad.includes(name))
      expect(collector.taken.toSorted()).toEqual(good.map(name => textOf(name)).toSorted())
      expect(uidsOf(receipt)).toHaveLength(512 - bad.length)
      expect(receipt.deadLetters).toEqual(
        bad.map(name => ({
          uid: uidOf(textOf(name)),
          kind: 'pod.message',
          observedAt,
          cause: 'refused',
          reason: 'HTTP 400: bad guid',
          text: textOf(name),
        })),
      )
    },
  )

  it('is found within the bound wherever it stands, however many there are, and each event has one fate', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 64 }).filter(marks => marks.includes(true)),
        async marks => {
          const texts = marks.map((isBad, i) => textOf(`${isBad ? 'bad' : 'good'}-${i}`))
          let requests = 0
          const exporter: Exporter = {
            async export(batch) {
              requests++
              const bodies = [...batch].map(record => String(record.body))
              return bodies.some(body => body.includes('bad'))
                ? { status: 'refused', reason: 'bad' }
                : { status: 'accepted' }
            },
            close: async () => {},
          }
          const { delivered, deadLetters } = await settle(texts.map(eventOf), mapper, exporter, never)
          const bad = texts.filter(text => text.includes('bad'))
          const most = 2 * Math.ceil(Math.log2(texts.length)) + 2
          expect(requests).toBeLessThanOrEqual(bad.length * most)
          expect(deadLetters.map(letter => letter.text)).toEqual(bad)
          expect(delivered.map(({ uid }) => uid)).toEqual(
            texts.filter(text => text.includes('good')).map(uidOf),
          )
        },
      ),
      { numRuns: 200 },
    )
  })

  it.each([8, 30])(
    'among %i side by side is found too, and does not keep the good ones behind it',
    async bad => {
      await using collector = await judgingCollector(bodies => ({
        status: bodies.some(body => Number(JSON.parse(body).guid) < bad) ? 400 : 200,
      }))
      const receipt = await deliver(page(...range(512)), mapper, exporterTo(collector.url), never)
      const texts = range(512).map(name => textOf(name))
      expect(new Set(collector.taken)).toEqual(new Set(texts.slice(bad)))
      expect(new Set(receipt.deadLetters.map(letter => letter.text))).toEqual(new Set(texts.slice(0, bad)))
    },
  )

  it('is not blamed while the collector refuses even an empty request', async () => {
    await using collector = await judgingCollector((_, request) => (request <= 4 ? { status: 400 } : taken))
    const receipt = await deliver(page('a'), mapper, exporterTo(collector.url), never)
    expect(collector.requests).toEqual([[textOf('a')], [], [textOf('a')], [], [textOf('a')]])
    expect(receipt.deadLetters).toEqual([])
    expect(collector.taken).toEqual([textOf('a')])
  })

  it('is doubted after 20 refusals without one acceptance, so that a wrong collector does not eat the log', async () => {
    let mended = false
    await using collector = await judgingCollector(bodies =>
      mended || bodies.length === 0 ? taken : { status: 400 },
    )
    const { exporter, told } = alarms(exporterTo(collector.url))
    const delivered = deliver(page(...range(512)), mapper, exporter, never)
    await expect.poll(() => told).toEqual([SEARCHES, 'collector-misconfigured'])
    mended = true
    const receipt = await delivered
    expect(receipt.deadLetters).toHaveLength(20)
    expect(uidsOf(receipt)).toHaveLength(492)
  })
})

it('waits at least as long as Retry-After asks', async () => {
  const headers = { 'retry-after': '1' }
  await using collector = await judgingCollector((_, request) =>
    request === 1 ? answer(429, headers) : taken,
  )
  const begin = elapsed()
  await deliver(page('a'), mapper, exporterTo(collector.url), never)
  expect(collector.requests).toHaveLength(2)
  // Without the header it would not wait at all here.
  expect(elapsed() - begin).toBeGreaterThan(990)
})
