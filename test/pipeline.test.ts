import { describe, expect, it } from 'vitest'
import { split } from '../src/batch.ts'
import { hourOf, real } from '../src/clock.ts'
import { createMapper } from '../src/mapping/mapper.ts'
import { otlpExporter } from '../src/otlp/exporter.ts'
import { guarded } from '../src/otlp/guard.ts'
import { limited } from '../src/otlp/limit.ts'
import { origins } from '../src/otlp/resource.ts'
import { deliver, type Page, type RawEvent } from '../src/pipeline.ts'
import { judgingCollector } from './support/judging-collector.ts'

const mapper = createMapper({
  origin: origins({ product: 'pod', account: 'example_hosted', version: '0.0.0', attributes: {} }),
  attributes: 'core',
  body: 'original',
  content: 'remove',
  timestamp: 'created',
  eventNameAttribute: false,
  unmappedList: false,
  maxRecordBytes: 900 * 1024,
})

const exporterTo = (url: string) =>
  guarded(
    limited(
      otlpExporter({
        url,
        headers: {},
        timeoutMs: 5_000,
        compression: 'none',
        protocol: 'http/json',
        proxies: {},
        version: '0.0.0',
      }),
      4,
    ),
  )

const observedAt = Date.parse('2026-11-22T10:30:00Z')
const textOf = (n: number | string) => `{"guid":"${n}","ts":"2026-11-22T09:59:59.000000+0000"}`
const event = (n: number | string): RawEvent => ({
  kind: 'pod.message',
  bytes: Buffer.from(textOf(n)),
  observedAt,
})
const page = (...names: (number | string)[]): Page => ({ events: names.map(event), cursor: { at: 7 } })
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const never = new AbortController().signal
const uidsOf = (receipt: { delivered: ReadonlyMap<number, readonly string[]> }) =>
  [...receipt.delivered.values()].flat()

describe('deliver', () => {
  it('gives a receipt with the cursor and the uid of every record, by the hour of its event', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const receipt = await deliver(page(...range(1_300)), mapper, exporterTo(collector.url), never)
    expect(collector.requests.map(bodies => bodies.length)).toEqual([512, 512, 276])
    expect(new Set(collector.taken)).toEqual(new Set(range(1_300).map(textOf)))
    expect(receipt.cursor).toEqual({ at: 7 })
    expect([...receipt.delivered.keys()]).toEqual([hourOf(Date.parse('2026-11-22T09:00:00Z'))])
    expect(new Set(uidsOf(receipt)).size).toBe(1_300)
    expect(receipt.deadLetters).toEqual([])
  })

  it('accounts an event without a time to the hour of its receipt', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const events = [{ kind: 'pod.message' as const, bytes: Buffer.from('no json'), observedAt }]
    const receipt = await deliver({ events, cursor: {} }, mapper, exporterTo(collector.url), never)
    expect([...receipt.delivered.keys()]).toEqual([hourOf(observedAt)])
  })

  it('sends nothing for a page without events, and still gives its cursor', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const receipt = await deliver(page(), mapper, exporterTo(collector.url), never)
    expect(collector.requests).toEqual([])
    expect(receipt.cursor).toEqual({ at: 7 })
  })

  it('skips what is known and what a page holds twice, and counts it', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const known = mapper.uid(event('old'))
    const receipt = await deliver(
      { ...page('old', 'new', 'new'), known: uid => uid === known },
      mapper,
      exporterTo(collector.url),
      never,
    )
    expect(collector.taken).toEqual([textOf('new')])
    expect([...receipt.skipped.values()].flat().sort()).toEqual([known, mapper.uid(event('new'))].sort())
  })

  it('never drops a live record because its uid is known', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const receipt = await deliver(page('same', 'same'), mapper, exporterTo(collector.url), never)
    expect(collector.taken).toEqual([textOf('same'), textOf('same')])
    expect(receipt.skipped.size).toBe(0)
  })

  it('tries a busy collector again with the same records', async () => {
    await using collector = await judgingCollector((_, request) => ({ status: request < 3 ? 503 : 200 }))
    const receipt = await deliver(page('a', 'b'), mapper, exporterTo(collector.url), never)
    expect(collector.requests).toEqual([1, 2, 3].map(() => [textOf('a'), textOf('b')]))
    expect(uidsOf(receipt)).toEqual([mapper.uid(event('a')), mapper.uid(event('b'))])
  })

  it('holds, and drops nothing, while the set-up is wrong', async () => {
    await using collector = await judgingCollector((_, request) => ({ status: request < 3 ? 401 : 200 }))
    const receipt = await deliver(page('a'), mapper, exporterTo(collector.url), never)
    expect(collector.taken).toEqual([textOf('a')])
    expect(receipt.deadLetters).toEqual([])
  })

  it.each([0, 255, 511])(
    'finds the one bad record of 512 (at %i) in 2 log2(n) + 2 requests and delivers the rest',
    async bad => {
      await using collector = await judgingCollector(bodies =>
        bodies.includes(textOf(bad))
          ? { status: 400, body: '{"code":3,"message":"bad guid"}' }
          : { status: 200 },
      )
      const receipt = await deliver(page(...range(512)), mapper, exporterTo(collector.url), never)
      expect(collector.requests.length).toBeLessThanOrEqual(2 * Math.log2(512) + 2)
      expect(new Set(collector.taken)).toEqual(
        new Set(
          range(512)
            .filter(n => n !== bad)
            .map(textOf),
        ),
      )
      expect(uidsOf(receipt)).toHaveLength(511)
      expect(receipt.deadLetters).toEqual([
        {
          uid: mapper.uid(event(bad)),
          kind: 'pod.message',
          observedAt,
          cause: 'refused',
          reason: 'HTTP 400: bad guid',
          text: textOf(bad),
        },
      ])
    },
  )

  it.each([8, 30])(
    'finds %i bad records side by side, and does not keep the good ones behind them',
    async bad => {
      await using collector = await judgingCollector(bodies => ({
        status: bodies.some(body => Number(JSON.parse(body).guid) < bad) ? 400 : 200,
      }))
      const receipt = await deliver(page(...range(512)), mapper, exporterTo(collector.url), never)
      expect(new Set(collector.taken)).toEqual(new Set(range(512).slice(bad).map(textOf)))
      expect(new Set(receipt.deadLetters.map(letter => letter.text))).toEqual(new Set(range(bad).map(textOf)))
    },
  )

  it('does not blame a record when the collector refuses even an empty request', async () => {
    let mended = false
    await using collector = await judgingCollector(bodies =>
      mended || (bodies.length > 0 && mended) ? { status: 200 } : { status: 400 },
    )
    const delivered = deliver(page('a'), mapper, exporterTo(collector.url), never)
    await expect.poll(() => collector.requests.length, { timeout: 10_000 }).toBeGreaterThan(3)
    mended = true
    expect((await delivered).deadLetters).toEqual([])
    expect(collector.taken).toEqual([textOf('a')])
  })

  it('holds after 20 refusals without one acceptance, so that a wrong collector does not eat the log', async () => {
    let mended = false
    await using collector = await judgingCollector(bodies =>
      mended || bodies.length === 0 ? { status: 200 } : { status: 400 },
    )
    const delivered = deliver(page(...range(512)), mapper, exporterTo(collector.url), never)
    await expect
      .poll(() => collector.requests.filter(bodies => bodies.length > 0).length, { timeout: 15_000 })
      .toBeGreaterThan(21)
    mended = true
    const receipt = await delivered
    expect(receipt.deadLetters.length).toBeLessThanOrEqual(20)
    expect(uidsOf(receipt).length + receipt.deadLetters.length).toBe(512)
  })

  it('splits what is too large, down to a single record, which becomes a dead letter', async () => {
    await using collector = await judgingCollector(bodies => ({
      status: bodies.length > 100 || bodies.includes(textOf('huge')) ? 413 : 200,
    }))
    const receipt = await deliver(page(...range(300), 'huge'), mapper, exporterTo(collector.url), never)
    expect(new Set(collector.taken)).toEqual(new Set(range(300).map(textOf)))
    expect(receipt.deadLetters).toMatchObject([{ cause: 'oversize', text: textOf('huge') }])
  })

  it('keeps a partly rejected batch as perhaps delivered', async () => {
    await using collector = await judgingCollector(() => ({
      status: 200,
      body: '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"one was bad"}}',
    }))
    const receipt = await deliver(page('a', 'b'), mapper, exporterTo(collector.url), never)
    expect(uidsOf(receipt)).toHaveLength(2)
    expect(receipt.deadLetters).toMatchObject([
      { cause: 'perhaps delivered', reason: 'one was bad', text: textOf('a') },
      { cause: 'perhaps delivered', text: textOf('b') },
    ])
  })

  it('takes a batch that was rejected as a whole for refused: what was not delivered is not called delivered', async () => {
    await using collector = await judgingCollector(bodies =>
      bodies.length > 0
        ? {
            status: 200,
            body: `{"partialSuccess":{"rejectedLogRecords":"${bodies.length}","errorMessage":"no"}}`,
          }
        : { status: 200 },
    )
    const receipt = await deliver(page('a', 'b'), mapper, exporterTo(collector.url), never)
    expect(uidsOf(receipt)).toEqual([])
    expect(receipt.deadLetters).toMatchObject([{ cause: 'refused' }, { cause: 'refused' }])
  })

  it('sends less at once when nothing goes through, and more again when something does', async () => {
    await using collector = await judgingCollector(bodies => ({ status: bodies.length > 2 ? 503 : 200 }))
    const receipt = await deliver(page(...range(6)), mapper, exporterTo(collector.url), never)
    expect(new Set(collector.taken)).toEqual(new Set(range(6).map(textOf)))
    expect(uidsOf(receipt)).toHaveLength(6)
  })

  it('throws only when it is aborted', async () => {
    await using collector = await judgingCollector(() => ({ status: 503 }))
    const abort = new AbortController()
    const delivered = deliver(page('a'), mapper, exporterTo(collector.url), abort.signal)
    const ended = expect(delivered).rejects.toThrow('time is over')
    await expect.poll(() => collector.requests.length).toBeGreaterThan(0)
    abort.abort(new Error('time is over'))
    await ended
  })
})

describe('split', () => {
  const sized = (bytes: number): RawEvent => ({
    kind: 'pod.message',
    bytes: Buffer.alloc(bytes),
    observedAt: real.now(),
  })

  it('closes a batch at 512 events or 4 MB of source text, and leaves a larger event alone', () => {
    expect(split(range(513).map(() => sized(10))).map(batch => batch.length)).toEqual([512, 1])
    expect(split([sized(3_000_000), sized(1_000_000), sized(1)]).map(batch => batch.length)).toEqual([2, 1])
    expect(split([sized(1), sized(9_000_000), sized(1)]).map(batch => batch.length)).toEqual([1, 1, 1])
    expect(split([])).toEqual([])
  })
})
