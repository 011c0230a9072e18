import { describe, expect, it } from 'vitest'
import { split } from '../src/batch.ts'
import { hourOf, real } from '../src/clock.ts'
import { deliver, type Mapper, type RawEvent } from '../src/pipeline.ts'
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

describe('deliver', () => {
  it('gives a receipt with the cursor and the uid of every record, by the hour of its event', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const receipt = await deliver(page(...range(1_300)), mapper, exporterTo(collector.url), never)
    expect(collector.requests.map(bodies => bodies.length)).toEqual([512, 512, 276])
    expect(new Set(collector.taken)).toEqual(new Set(range(1_300).map(name => textOf(name))))
    expect(receipt.cursor).toEqual({ at: 7 })
    expect([...receipt.delivered.keys()]).toEqual([hourOf(Date.parse('2026-11-22T09:00:00Z'))])
    expect(new Set(uidsOf(receipt)).size).toBe(1_300)
    expect(receipt.deadLetters).toEqual([])
  })

  it('accounts an event without a time to the hour of its receipt', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const events = [eventOf('no json')]
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
    const known = uidOf(textOf('old'))
    const receipt = await deliver(
      { ...page('old', 'new', 'new'), known: uid => uid === known },
      mapper,
      exporterTo(collector.url),
      never,
    )
    expect(collector.taken).toEqual([textOf('new')])
    expect([...receipt.skipped.values()].flat().sort()).toEqual([known, uidOf(textOf('new'))].sort())
  })

  it('gives the mapper the uid that it asked for', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const mapped: (string | undefined)[] = []
    const listening: Mapper = {
      uid: mapper.uid,
      text: mapper.text,
      map(event) {
        mapped.push(event.uid)
        return mapper.map(event)
      },
    }
    const read = { ...page('a', 'b'), known: () => false }
    const receipt = await deliver(read, listening, exporterTo(collector.url), never)
    expect(mapped).toEqual([uidOf(textOf('a')), uidOf(textOf('b'))])
    expect(uidsOf(receipt)).toEqual(mapped)
  })

  it('never drops a live record because its uid is known', async () => {
    await using collector = await judgingCollector(() => ({ status: 200 }))
    const receipt = await deliver(page('same', 'same'), mapper, exporterTo(collector.url), never)
    expect(collector.taken).toEqual([textOf('same'), textOf('same')])
    expect(receipt.skipped.size).toBe(0)
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
