import { describe, expect, it } from 'vitest'
import { real } from '../src/clock.ts'
import { type Page, type Source, ship } from '../src/pipeline.ts'
import { opened, temporaryDirectory } from './state/directories.ts'
import { exporterTo, mapper, never, pageOf, textOf } from './support/deliveries.ts'
import { judgingCollector } from './support/judging-collector.ts'
import { sourceAt } from './support/pod-live-reader.ts'
import { openPodServer } from './support/pod-server.ts'

const STREAM = { name: 'pod/message@example_hosted', lane: 'live' } as const
const isFull = Promise.resolve()

const pageAt = (at: number, nextIsFull?: Promise<void>): Page => ({
  ...pageOf([textOf(at)]),
  cursor: { at },
  ...(nextIsFull && { nextIsFull }),
})

/** Ships pages to a collector that keeps the request of the first without an answer until it is told to. */
async function shipped(pages: () => AsyncGenerator<Page>) {
  let answerFirst = () => {}
  const collector = await judgingCollector((_, request) =>
    request > 1
      ? { status: 200 }
      : response => {
          answerFirst = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
        },
  )
  const state = opened(temporaryDirectory())
  const exporter = exporterTo(collector.url)
  const source: Source = { ...STREAM, read: pages }
  const abort = new AbortController()
  const ended = ship({ source, mapper, exporter, state }, { stop: never, abort: abort.signal })
  ended.catch(() => {})
  return {
    ended,
    abort,
    requests: collector.requests,
    answerFirst: () => answerFirst(),
    committed: () => state.cursor(STREAM)?.['at'],
    async [Symbol.asyncDispose]() {
      abort.abort()
      await ended.catch(() => {})
      await exporter.close()
      await collector[Symbol.asyncDispose]()
    },
  }
}

describe('ship', () => {
  it('asks for the next page when the last one is committed, as long as the next is not full', async () => {
    const asked: number[] = []
    await using shipping = await shipped(async function* () {
      for (let at = 1; at <= 3; at++) {
        asked.push(at)
        yield pageAt(at, at === 2 ? new Promise(() => {}) : undefined)
        expect(shipping.committed()).toBe(at)
      }
    })
    await expect.poll(() => shipping.requests.length).toBe(1)
    await real.sleep(50)
    expect(asked).toEqual([1])
    shipping.answerFirst()
    await shipping.ended
    expect(asked).toEqual([1, 2, 3])
  })

  it('delivers full pages beside those before them, commits them in order, and has never more than six', async () => {
    const asked: number[] = []
    await using shipping = await shipped(async function* () {
      for (let at = 1; at <= 8; at++) {
        asked.push(at)
        yield pageAt(at, isFull)
      }
    })
    await expect.poll(() => shipping.requests.length).toBe(6)
    await real.sleep(50)
    expect(asked).toEqual([1, 2, 3, 4, 5, 6])
    expect(shipping.committed()).toBeUndefined()
    shipping.answerFirst()
    await shipping.ended
    expect(asked).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(shipping.committed()).toBe(8)
  })

  it('ends with the error of its source, and not before what was read is committed', async () => {
    await using shipping = await shipped(async function* () {
      yield pageAt(1, isFull)
      yield pageAt(2, isFull)
      throw new Error('the source broke')
    })
    let hasEnded = false
    void shipping.ended.catch(() => (hasEnded = true))
    await expect.poll(() => shipping.requests.length).toBe(2)
    await real.sleep(50)
    expect(hasEnded).toBe(false)
    shipping.answerFirst()
    await expect(shipping.ended).rejects.toThrow('the source broke')
    expect(shipping.committed()).toBe(2)
  })

  it('commits no page before an earlier one: aborted, neither is', async () => {
    await using shipping = await shipped(async function* () {
      yield pageAt(1, isFull)
      yield pageAt(2, isFull)
    })
    await expect.poll(() => shipping.requests.length).toBe(2)
    shipping.abort.abort(new Error('time is over'))
    await expect(shipping.ended).rejects.toThrow('time is over')
    expect(shipping.committed()).toBeUndefined()
  })
})

describe('a page that fails', () => {
  /** As a fault of this program would be: the cursor of a page cannot be written down. */
  const broken = (at: number, nextIsFull?: Promise<void>): Page => ({
    ...pageAt(at, nextIsFull),
    cursor: { at: 1n as unknown as number },
  })

  /** Ships pages to a collector that takes the first, and of the others none. */
  async function shippedWith(pages: readonly Page[]) {
    await using collector = await judgingCollector(bodies => ({
      status: bodies[0] === textOf(1) ? 200 : 503,
    }))
    const exporter = exporterTo(collector.url)
    const state = opened(temporaryDirectory())
    const source: Source = {
      ...STREAM,
      async *read() {
        yield* pages
      },
    }
    await expect(ship({ source, mapper, exporter, state }, { stop: never, abort: never })).rejects.toThrow(
      'BigInt',
    )
    await exporter.close()
    expect(state.cursor(STREAM)).toBeUndefined()
  }

  it('ends the delivery of the one behind it, and its error is the one that is heard', async () => {
    await shippedWith([broken(1, isFull), pageAt(2, isFull)])
  })

  it('is heard at once when no other is full', async () => {
    await shippedWith([broken(1, new Promise(() => {}))])
  })

  it('behind others lets those be committed first', async () => {
    await using shipping = await shipped(async function* () {
      yield pageAt(1, isFull)
      yield pageAt(2, isFull)
      yield broken(3, isFull)
    })
    await expect.poll(() => shipping.requests.length).toBe(3)
    await real.sleep(50)
    shipping.answerFirst()
    await expect(shipping.ended).rejects.toThrow('BigInt')
    expect(shipping.committed()).toBe(2)
  })

  it('before it is sent lets those before it be delivered', async () => {
    const unknown = () => {
      throw new Error('no delivery')
    }
    await using shipping = await shipped(async function* () {
      yield pageAt(1, isFull)
      yield { ...pageAt(2, isFull), known: unknown }
    })
    await expect.poll(() => shipping.requests.length).toBe(1)
    await real.sleep(50)
    shipping.answerFirst()
    await expect(shipping.ended).rejects.toThrow('no delivery')
    expect(shipping.committed()).toBe(1)
  })
})

it('frames that are mapped again, while the next pages fill, are still what came', async () => {
  const texts = Array.from({ length: 800 }, (_, i) => textOf(i, 4_000))
  await using server = await openPodServer(socket => {
    for (const text of texts) socket.send(text)
    socket.close(1000)
  })
  await using collector = await judgingCollector(bodies => ({ status: bodies.length > 7 ? 413 : 200 }))
  const exporter = exporterTo(collector.url)
  const source = sourceAt(server.url, 200_000)
  const state = opened(temporaryDirectory())
  const ended = ship({ source, mapper, exporter, state }, { stop: never, abort: never })
  await expect(ended).rejects.toMatchObject({ code: 'pod-closed' })
  await exporter.close()
  expect(collector.taken.toSorted()).toEqual(texts.toSorted())
  // The next page was on its way before all of the one before it had arrived.
  const ids = collector.requests.map(bodies => bodies.map(body => texts.indexOf(body)))
  const overtook = ids.some((own, i) => ids.slice(i + 1).some(later => Math.max(...later) < Math.min(...own)))
  expect(overtook).toBe(true)
})
