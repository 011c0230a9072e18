/** The pages of a live stream, pulled one by one while those before them are on their way. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { MOST_PAGES } from '../../../src/most-pages.ts'
import type { Page } from '../../../src/pipeline.ts'
import { sourceAt } from '../../support/pod-live-reader.ts'
import { openPodServer } from '../../support/pod-server.ts'

function pulled(url: string) {
  const stop = new AbortController()
  const pages = sourceAt(url, 50_000).read(undefined, stop.signal)[Symbol.asyncIterator]()
  return { stop, pages, next: async () => (await pages.next()).value as Page }
}

it('a page says of the next one alone that it is full', async () => {
  await using server = await openPodServer(socket => {
    socket.send(Buffer.alloc(60_000, 'a'))
    setTimeout(() => socket.send(Buffer.alloc(60_000, 'b')), 100)
  })
  const { stop, pages, next } = pulled(server.url)
  await next()
  const first = await next()
  await first.nextIsFull
  const second = await next()
  expect(second.events).toHaveLength(1)
  expect(await Promise.race([second.nextIsFull, sleep(300, 'not full')])).toBe('not full')
  stop.abort()
  await pages.next()
})

it('what is read at the end comes in pages of which each says at once that the next one is full', async () => {
  const closed = Promise.withResolvers<void>()
  await using server = await openPodServer(socket => {
    for (let i = 0; i < 6; i++) socket.send(Buffer.alloc(60_000, i))
    socket.once('close', () => closed.resolve())
  })
  const { stop, pages, next } = pulled(server.url)
  await next()
  stop.abort()
  // All of it has been read by then.
  await closed.promise
  const first = await next()
  expect(first.events).toHaveLength(1)
  expect(await Promise.race([first.nextIsFull, sleep(300, 'not full')])).toBe(undefined)
  const others = [await next(), await next(), await next()]
  expect(others.map(({ events }) => events.map(({ bytes }) => bytes[0]))).toEqual([[1], [2], [3]])
  await pages.return?.(undefined)
})

it('as many pages as may be on their way keep their bytes, though nothing of them is committed', async () => {
  const pull = new EventTarget()
  await using server = await openPodServer(socket => {
    let n = 0
    const send = () => socket.send(Buffer.alloc(40_000, n++))
    send()
    pull.addEventListener('next', send)
  })
  const { stop, pages, next } = pulled(server.url)
  await next()
  const onTheirWay: Page[] = []
  while (onTheirWay.length < MOST_PAGES) {
    onTheirWay.push(await next())
    pull.dispatchEvent(new Event('next'))
  }
  await sleep(100)
  expect(onTheirWay.map(({ events }) => [...new Set(events[0]!.bytes)])).toEqual(
    Array.from({ length: MOST_PAGES }, (_, n) => [n]),
  )
  stop.abort()
  await pages.return?.(undefined)
})
