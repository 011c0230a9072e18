import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type DeadLetter, deliver } from '../src/pipeline.ts'
import {
  exporterTo,
  MAX_RECORD_BYTES,
  mapper,
  never,
  observedAt,
  page,
  pageOf,
  range,
  textOf,
  uidOf,
  uidsOf,
} from './support/deliveries.ts'
import { judgingCollector } from './support/judging-collector.ts'

const taken = { status: 200 }

// The waits between attempts are random parts of a limit: here they are none.
beforeAll(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterAll(() => void vi.restoreAllMocks())

describe('what is too large', () => {
  const huge = textOf('huge', 200_000)
  const oversize = (text: string): DeadLetter => ({
    uid: uidOf(text),
    kind: 'pod.message',
    observedAt,
    cause: 'oversize',
    reason: expect.stringContaining('cut'),
    text,
  })

  it.each([
    ['413', { status: 413 }],
    [
      '400 with the words of a body limit',
      { status: 400, body: '{"message":"http: request body too large"}' },
    ],
  ])('is split, answered with %s', async (_, tooLarge) => {
    await using collector = await judgingCollector(bodies => (bodies.length > 100 ? tooLarge : taken))
    const receipt = await deliver(page(...range(300)), mapper, exporterTo(collector.url), never)
    expect(collector.taken.toSorted()).toEqual(
      range(300)
        .map(name => textOf(name))
        .toSorted(),
    )
    expect(receipt.deadLetters).toEqual([])
  })

  it('is sent in smaller parts when a 503 stays while these pass, and in larger ones again', async () => {
    await using collector = await judgingCollector(bodies => (bodies.length > 2 ? { status: 503 } : taken))
    const receipt = await deliver(page(...range(6)), mapper, exporterTo(collector.url), never)
    expect(new Set(collector.taken)).toEqual(new Set(range(6).map(name => textOf(name))))
    expect(uidsOf(receipt)).toHaveLength(6)
    expect(receipt.deadLetters).toEqual([])
  })

  it.each([
    ['413', { status: 413 }, 64 * 1024],
    ['a 503 that stays while smaller ones pass', { status: 503 }, 64 * 1024],
    ['413', { status: 413 }, 1_000],
  ])(
    'though alone, answered with %s, is delivered with a cut body (case %#); the whole is a dead letter',
    async (_, refusal, limit) => {
      await using collector = await judgingCollector(bodies =>
        bodies.some(body => body.length > limit) ? refusal : taken,
      )
      const receipt = await deliver(pageOf([huge, textOf('small')]), mapper, exporterTo(collector.url), never)
      const sent = collector.records.find(({ uid }) => uid === uidOf(huge))
      expect(sent).toMatchObject({ isCut: true })
      expect(sent!.body.length).toBeLessThanOrEqual(limit)
      expect(collector.records.map(({ uid }) => uid).toSorted()).toEqual(
        [huge, textOf('small')].map(uidOf).toSorted(),
      )
      expect(uidsOf(receipt).toSorted()).toEqual([huge, textOf('small')].map(uidOf).toSorted())
      expect(receipt.deadLetters).toEqual([oversize(huge)])
    },
  )

  it('without a body still is refused', async () => {
    await using collector = await judgingCollector(bodies =>
      bodies.some(body => body === '' || body.includes('huge')) ? { status: 413 } : taken,
    )
    const receipt = await deliver(pageOf([huge, textOf('small')]), mapper, exporterTo(collector.url), never)
    expect(uidsOf(receipt)).toEqual([uidOf(textOf('small'))])
    expect(receipt.deadLetters).toEqual([{ ...oversize(huge), cause: 'refused', reason: 'HTTP 413: {}' }])
  })

  it('for a limit that no collector should have keeps its body: small records are refused rather than stripped', async () => {
    await using collector = await judgingCollector(bodies =>
      bodies.some(body => body.length > 10) ? { status: 413 } : taken,
    )
    const receipt = await deliver(pageOf([textOf('small')]), mapper, exporterTo(collector.url), never)
    expect(collector.requests).toEqual([[textOf('small')], []])
    expect(receipt.deadLetters).toMatchObject([{ cause: 'refused', text: textOf('small') }])
  })

  it('is not called refused because the collector is busy just then', async () => {
    const answers = [{ status: 413 }, { status: 503 }]
    await using collector = await judgingCollector(() => answers.shift() ?? taken)
    const receipt = await deliver(pageOf([huge]), mapper, exporterTo(collector.url), never)
    expect(collector.taken).toEqual([huge])
    expect(receipt.deadLetters).toEqual([])
  })

  it('for a body by our own limit is delivered cut at once, and the whole is a dead letter', async () => {
    await using collector = await judgingCollector(() => taken)
    const long = textOf('long', MAX_RECORD_BYTES + 1)
    const receipt = await deliver(
      pageOf([textOf('before'), long, textOf('after')]),
      mapper,
      exporterTo(collector.url),
      never,
    )
    expect(collector.requests).toHaveLength(1)
    expect(collector.records.map(({ isCut }) => isCut)).toEqual([false, true, false])
    expect(uidsOf(receipt)).toHaveLength(3)
    expect(receipt.deadLetters).toEqual([oversize(long)])
  })
})

describe('a partial success', () => {
  const rejecting = (count: number) => ({
    status: 200,
    body: `{"partialSuccess":{"rejectedLogRecords":"${count}","errorMessage":"too old"}}`,
  })

  it('does not say which records were rejected: all are delivered, and kept as perhaps delivered', async () => {
    await using collector = await judgingCollector(() => rejecting(1))
    const receipt = await deliver(page('a', 'b'), mapper, exporterTo(collector.url), never)
    expect(uidsOf(receipt)).toHaveLength(2)
    expect(receipt.deadLetters).toMatchObject([
      { cause: 'perhaps delivered', reason: '1 of 2 were rejected: too old', text: textOf('a') },
      { cause: 'perhaps delivered', text: textOf('b') },
    ])
  })

  it('that rejects the whole batch is a refusal: what was not delivered is not called delivered', async () => {
    await using collector = await judgingCollector(bodies =>
      bodies.length > 0 ? rejecting(bodies.length) : taken,
    )
    const receipt = await deliver(page('a', 'b'), mapper, exporterTo(collector.url), never)
    expect(uidsOf(receipt)).toEqual([])
    expect(receipt.deadLetters).toMatchObject([{ cause: 'refused' }, { cause: 'refused' }])
  })
})
