import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { real } from '../../../src/clock.ts'
import { MOST_PAGES } from '../../../src/most-pages.ts'
import type { RawEvent } from '../../../src/pipeline.ts'
import { frameMemory } from '../../../src/proofpoint/pod/frame-memory.ts'
import { frames } from '../../../src/proofpoint/pod/frames.ts'
import { openPodServer, podServer } from '../../support/pod-server.ts'

const calm = { kind: 'pod.message', clock: real, waitingBytes: 1_000_000 } as const
const never = new AbortController().signal

const open = (url: string) =>
  new Promise<WebSocket>(resolve => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    socket.once('open', () => {
      socket.pause()
      resolve(socket)
    })
  })

describe('a connection', () => {
  it('that has just opened gives an empty page at once, and is closed cleanly when nobody comes back from it', async () => {
    const closed = Promise.withResolvers<number>()
    await using server = await openPodServer(socket => {
      socket.send('an event')
      socket.on('close', code => closed.resolve(code))
    })
    const pages = frames(await open(server.url), { ...calm, blockedMs: 50 }, never)
    expect((await pages.next()).value).toEqual([])
    expect(await closed.promise).toBe(1000)
    expect((await pages.next()).value.map((frame: RawEvent) => frame.bytes.toString())).toEqual(['an event'])
    await expect(pages.next()).rejects.toMatchObject({ code: 'delivery-blocked' })
  })

  it('that is idle gives an empty page now and then, as a sign of life', async () => {
    await using server = await openPodServer(() => {})
    const pages = frames(await open(server.url), { ...calm, idleMs: 20 }, never)
    expect((await pages.next()).value).toEqual([])
    expect((await pages.next()).value).toEqual([])
    await pages.return(undefined)
  })

  it('is pinged, so that no idle time-out on the way cuts it', async () => {
    let pings = 0
    await using server = await openPodServer(socket => socket.on('ping', () => pings++))
    const stop = new AbortController()
    const pages = frames(await open(server.url), { ...calm, pingMs: 20 }, stop.signal)
    const first = pages.next()
    await expect.poll(() => pings).toBeGreaterThan(2)
    stop.abort()
    await first
  })

  it('on which nothing comes outlives somebody on the way who drops what is idle, and without pings it does not', async () => {
    await using server = await podServer(async (socket, accept) => {
      await accept()
      socket.setTimeout(400, () => socket.destroy())
    })
    const stop = new AbortController()
    const pinged = frames(await open(server.url), { ...calm, pingMs: 50, idleMs: 100 }, stop.signal)
    const began = real.now()
    while (real.now() - began < 1_200) expect((await pinged.next()).value).toEqual([])
    stop.abort()
    const end = await pinged.next()
    expect(end.done || end.value.length === 0).toBe(true)
    const unpinged = frames(await open(server.url), { ...calm, pingMs: 60_000 }, never)
    expect((await unpinged.next()).value).toEqual([])
    await expect(unpinged.next()).rejects.toMatchObject({ code: 'pod-dropped' })
  })

  it('that dropped before it is read says so at once', async () => {
    await using server = await openPodServer(() => {})
    const socket = await open(server.url)
    const closed = new Promise(resolve => socket.once('close', resolve))
    socket.terminate()
    await closed
    await expect(frames(socket, calm, never).next()).rejects.toMatchObject({ code: 'pod-dropped' })
  })

  it('on which nothing comes, not even a pong, is given up as silent', async () => {
    await using server = await podServer(async (socket, accept) => {
      await accept()
      socket.pause()
    })
    const pages = frames(await open(server.url), { ...calm, pingMs: 20, silenceMs: 100 }, never)
    expect((await pages.next()).value).toEqual([])
    await expect(pages.next()).rejects.toMatchObject({ code: 'pod-silent' })
  })
})

describe('a flood', () => {
  it('of tiny frames pauses the socket too', async () => {
    await using server = await openPodServer(socket => {
      for (let i = 0; i < 100_000; i++) socket.send('{}')
      socket.close(1000)
    })
    const pages = frames(await open(server.url), { ...calm, waitingBytes: 256_000 }, never)
    const sizes: number[] = []
    await expect(async () => {
      for await (const page of pages) {
        sizes.push(page.length)
        await sleep(1)
      }
    }).rejects.toMatchObject({ code: 'pod-closed' })
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100_000)
    // What the socket holds in hand when it is paused still comes: one chunk of 64 KiB, four bytes a frame.
    expect(Math.max(...sizes)).toBeLessThan(1_000 + 2 ** 14 + 1)
  })

  it('is read frame by frame when nothing may wait', async () => {
    await using server = await openPodServer(socket => {
      for (let i = 0; i < 100; i++) socket.send('{}')
      socket.close(1000)
    })
    let received = 0
    await expect(async () => {
      for await (const page of frames(await open(server.url), { ...calm, waitingBytes: 0 }, never))
        received += page.length
    }).rejects.toMatchObject({ code: 'pod-closed' })
    expect(received).toBe(100)
  })
})

describe('a reader that does not come back', () => {
  const textOf = (n: number) => `frame ${n} ${String.fromCharCode(97 + (n % 26)).repeat(1_000)}`

  async function sending() {
    let sent = 0
    const server = await openPodServer(socket => {
      const send = () => {
        if (socket.readyState !== socket.OPEN) return
        if (socket.bufferedAmount < 1_000_000) for (let i = 0; i < 20; i++) socket.send(textOf(sent++))
        setImmediate(send)
      }
      send()
    })
    return { ...server, texts: () => Array.from({ length: sent }, (_, n) => textOf(n)) }
  }

  it('makes the socket close cleanly; what was sent is yielded, and nothing of it is lost', async () => {
    await using server = await sending()
    let blocked = 0
    const options = { ...calm, waitingBytes: 50_000, blockedMs: 200, onBlocked: () => blocked++ }
    const pages = frames(await open(server.url), options, never)
    const received: RawEvent[] = []
    let error: unknown
    try {
      for await (const page of pages) {
        received.push(...page)
        if (received.length > 0 && blocked === 0) await sleep(600)
      }
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'delivery-blocked' })
    expect(blocked).toBe(1)
    expect(received.map(frame => frame.bytes.toString())).toEqual(server.texts())
  })

  it('gets what is read at the end in pages as large as others, of which those stay as they are that may be on their way', async () => {
    await using server = await sending()
    // Less than what a socket reads at once, so that more comes while pages are made of what is there.
    const waitingBytes = 10_000
    const memory = frameMemory(MOST_PAGES, waitingBytes)
    let isFull = false
    let blocked = 0
    const options = {
      ...calm,
      waitingBytes,
      ahead: {
        memory,
        onFull() {
          isFull = true
        },
      },
      blockedMs: 200,
      onBlocked: () => blocked++,
    }
    const pages = frames(await open(server.url), options, never)
    let largest = 0
    const received: string[] = []
    const onTheirWay: RawEvent[][] = []
    const commit = () => received.push(...onTheirWay.shift()!.map(frame => frame.bytes.toString()))
    await expect(async () => {
      for await (const page of pages) {
        onTheirWay.push(page)
        largest = Math.max(largest, page.length)
        while (received.length > 2_000 && blocked === 0) await sleep(1)
        // The rest comes while the first pages of it are on their way.
        await sleep(0)
        while (onTheirWay.length > (isFull ? MOST_PAGES - 1 : 0)) commit()
        isFull = false
      }
    }).rejects.toMatchObject({ code: 'delivery-blocked' })
    while (onTheirWay.length > 0) commit()
    expect(received).toEqual(server.texts())
    expect(received.length * 1_000).toBeGreaterThan(10 * waitingBytes)
    expect(largest * 1_000).toBeLessThan(2 * waitingBytes)
  })

  it('is not taken for blocked while it comes back in time', async () => {
    await using server = await openPodServer(socket => {
      socket.send('a')
      setTimeout(() => socket.send('b'), 300)
      setTimeout(() => socket.close(1000), 500)
    })
    const pages = frames(await open(server.url), { ...calm, blockedMs: 150 }, never)
    const received: string[] = []
    await expect(async () => {
      for await (const page of pages) received.push(...page.map(frame => frame.bytes.toString()))
    }).rejects.toMatchObject({ code: 'pod-closed' })
    expect(received).toEqual(['a', 'b'])
  })
})

describe('a page that the next one may overtake', () => {
  const ahead = (onFull: () => void) => ({ memory: frameMemory(MOST_PAGES, 600_000), onFull })
  const busy = (every: number) =>
    openPodServer(socket => {
      const sending = setInterval(() => socket.send(Buffer.alloc(20_000)), every)
      socket.on('close', () => clearInterval(sending))
    })

  it('is not waited for any more when it is delivered: a session under load stays open', async () => {
    await using server = await busy(1)
    let next = Promise.withResolvers<void>()
    const options = { ...calm, waitingBytes: 50_000, blockedMs: 500, ahead: ahead(() => next.resolve()) }
    const stop = new AbortController()
    const socket = await open(server.url)
    const began = real.now()
    for await (const page of frames(socket, options, stop.signal)) {
      // Delivered well before the patience ends, and overtaken before that.
      next = Promise.withResolvers()
      if (page.length > 0) await Promise.race([next.promise, sleep(100)])
      if (real.now() - began > 2_500) stop.abort()
    }
    expect(real.now() - began).toBeGreaterThan(2_500)
  })

  it('leaves nothing behind for the next page, which is delivered at once: the quiet session stays open', async () => {
    await using server = await openPodServer(socket => {
      socket.send(Buffer.alloc(60_000))
      setTimeout(() => socket.send(Buffer.alloc(60_000)), 100)
    })
    const full = Promise.withResolvers<void>()
    const options = { ...calm, waitingBytes: 50_000, blockedMs: 400, ahead: ahead(full.resolve) }
    const stop = new AbortController()
    const socket = await open(server.url)
    const pages = frames(socket, options, stop.signal)
    const sizes = async () => (await pages.next()).value.map((frame: RawEvent) => frame.bytes.length)
    expect(await sizes()).toEqual([])
    expect(await sizes()).toEqual([60_000])
    await full.promise
    expect(await sizes()).toEqual([60_000])
    const quiet = pages.next()
    await sleep(1_000)
    expect(socket.readyState).toBe(socket.OPEN)
    stop.abort()
    expect((await quiet).done).toBe(true)
  })

  it('is waited for no longer than another: the session is closed in time, whenever the next one was taken', async () => {
    await using server = await busy(50)
    const full = Promise.withResolvers<void>()
    // Full after 1.5 s.
    const options = { ...calm, waitingBytes: 600_000, blockedMs: 2_500, ahead: ahead(full.resolve) }
    const socket = await open(server.url)
    const closed = new Promise(resolve => socket.once('close', resolve))
    const pages = frames(socket, options, never)
    await pages.next()
    const began = real.now()
    await full.promise
    expect(real.now() - began).toBeGreaterThan(1_000)
    await pages.next()
    await closed
    expect(real.now() - began).toBeLessThan(3_500)
    await pages.return(undefined)
  })
})
