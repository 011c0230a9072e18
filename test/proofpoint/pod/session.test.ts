import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { type Clock, HOUR_MS, real, rehearsalClock } from '../../../src/clock.ts'
import type { Page } from '../../../src/pipeline.ts'
import { podLiveSource } from '../../../src/proofpoint/pod/live.ts'
import { seat } from '../../../src/proofpoint/pod/seat.ts'
import { turns } from '../../../src/proofpoint/pod/turns.ts'
import type { PodType } from '../../../src/proofpoint/pod/types.ts'
import { openPodServer, podServer, refusingPodServer } from '../../support/pod-server.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
const MINUTE = 60_000
const never = new AbortController().signal

/** An hour passes in a second or so, and it can be moved. */
function movedClock(): Clock & { move(ms: number): void } {
  let offset = 0
  const clock = rehearsalClock({ factor: 3_000, virtualAnchor: NOON, realAnchor: real.now() })
  return {
    now: () => clock.now() + offset,
    sleep: clock.sleep,
    move: ms => {
      offset += ms
    },
  }
}

function source(url: string, clock: Clock, type: PodType = 'message') {
  const opened: { at: number; lastHeld: number | undefined }[] = []
  const gaps: [number, number][] = []
  const live = podLiveSource({
    url,
    clusterId: 'example_hosted',
    type,
    token: async () => 'token',
    seat: seat(clock),
    agent: undefined,
    clock,
    waitingBytes: 1_000_000,
    largeTurns: turns(),
    onBlocked: () => {},
    onOpened: (at, lastHeld) => void opened.push({ at, lastHeld }),
    onGap: (from, to) => void gaps.push([from, to]),
  })
  /** Reads a session to its end; gives its error. */
  const session = async (each: (page: Page) => unknown = () => {}): Promise<unknown> => {
    try {
      for await (const page of live.read(undefined, never)) await each(page)
      return undefined
    } catch (error) {
      return error
    }
  }
  return { session, opened, gaps }
}

describe('a session that ended while its page waited for delivery', () => {
  it('was held until its last frame came, not until that was delivered: the pause is told as a gap', async () => {
    const clock = movedClock()
    const sockets: WebSocket[] = []
    await using server = await openPodServer(socket => {
      sockets.push(socket)
      socket.send('a')
    })
    const { session, opened, gaps } = source(server.url, clock)
    const heldAt: unknown[] = []
    const error = await session(async page => {
      heldAt.push(page.cursor['heldAt'])
      const [socket] = sockets
      if (page.events.length === 0 || socket?.readyState !== socket?.OPEN) return
      socket?.send('b')
      socket?.close(1000)
      await new Promise(resolve => socket?.once('close', resolve))
      clock.move(5 * HOUR_MS)
    })
    expect(error).toMatchObject({ code: 'pod-closed' })
    expect(gaps).toEqual([])
    void session()
    await expect.poll(() => opened.length).toBe(2)
    expect(Math.max(...heldAt.map(Number))).toBeLessThan(NOON + HOUR_MS)
    expect(opened[1]?.lastHeld).toBe(heldAt.at(-1))
    expect(gaps).toEqual([[heldAt.at(-1), opened[1]!.at - HOUR_MS]])
    expect(opened[1]!.at - HOUR_MS).toBeGreaterThan(NOON + 4 * HOUR_MS)
  })
})

describe('a process that stood still for hours', () => {
  /** A session that is held, and then the clock goes on by five hours at once; the server answers no ping before `wake`. */
  async function stoodStill() {
    const clock = movedClock()
    const sockets: { socket: WebSocket; connection: Socket }[] = []
    const server = await podServer(async (connection, accept) => {
      const socket = await accept()
      sockets.push({ socket, connection })
      socket.send('before')
    })
    const { session, opened, gaps } = source(server.url, clock, 'audit')
    const held: number[] = []
    let stoodStillAt = 0
    const ended = session(page => {
      held.push(Number(page.cursor['heldAt']))
      if (page.events.length === 0 || stoodStillAt > 0) return
      sockets[0]!.connection.pause()
      stoodStillAt = clock.now()
      clock.move(5 * HOUR_MS)
    })
    await expect.poll(() => stoodStillAt).toBeGreaterThan(0)
    // Long enough for many a page of an idle stream.
    await clock.sleep(30 * MINUTE)
    return { clock, server, session, opened, gaps, held, ended, stoodStillAt, ...sockets[0]! }
  }

  it('has not held the session meanwhile: when the server had ended it in order, that is a gap', async () => {
    const { server, session, opened, gaps, held, ended, stoodStillAt, socket, connection } =
      await stoodStill()
    await using _ = server
    socket.send('sent before the end')
    socket.close(1001)
    connection.resume()
    expect(await ended).toMatchObject({ code: 'pod-closed' })
    expect(held.length).toBeGreaterThan(1)
    expect(Math.max(...held)).toBeLessThanOrEqual(stoodStillAt)
    void session()
    await expect.poll(() => opened.length).toBe(2)
    expect(opened[1]?.lastHeld).toBe(held.at(-1))
    expect(gaps).toEqual([[held.at(-1), opened[1]!.at - HOUR_MS]])
  })

  it('holds it as soon as the server answers a ping', async () => {
    const { clock, server, held, gaps, stoodStillAt, socket, connection } = await stoodStill()
    await using _ = server
    expect(Math.max(...held)).toBeLessThanOrEqual(stoodStillAt)
    connection.resume()
    await expect.poll(() => Math.max(...held)).toBeGreaterThan(stoodStillAt + 5 * HOUR_MS)
    expect(held.at(-1)).toBeLessThanOrEqual(clock.now())
    expect(gaps).toEqual([])
    socket.close(1001)
  })
})

describe.concurrent('a stream on which nothing comes although the server answers', () => {
  it('is left cleanly and named if it is that of messages, and less often while it lasts', async ({
    expect,
  }) => {
    const codes: number[] = []
    const clock = movedClock()
    await using server = await openPodServer(socket => socket.on('close', code => codes.push(code)))
    const { session } = source(server.url, clock)
    for (const minutes of [30, 60, 120]) {
      const began = clock.now()
      expect(await session()).toMatchObject({ code: 'pod-quiet' })
      expect((clock.now() - began) / MINUTE).toBeGreaterThanOrEqual(minutes)
    }
    await expect.poll(() => codes).toEqual([1000, 1000, 1000])
  })

  it('is patient again only after an event', async () => {
    let sessions = 0
    const clock = movedClock()
    await using server = await openPodServer(socket => {
      if (++sessions === 2) socket.send('an event')
    })
    const { session } = source(server.url, clock)
    const minutes: number[] = []
    for (let i = 0; i < 3; i++) {
      const error = await session()
      expect(error).toMatchObject({ code: 'pod-quiet' })
      minutes.push(Number(/for (\d+) min/.exec(String(error))?.[1]))
    }
    expect(minutes[0]).toBeLessThan(60)
    expect(minutes[1]).toBeLessThan(60)
    expect(minutes[2]).toBeGreaterThanOrEqual(60)
  })

  it('is normal for audit', async () => {
    const clock = movedClock()
    await using server = await openPodServer(() => {})
    const { session } = source(server.url, clock, 'audit')
    let ended = false
    void session().then(() => {
      ended = true
    })
    await clock.sleep(3 * HOUR_MS)
    expect(ended).toBe(false)
    expect(server.requests).toHaveLength(1)
  })
})

describe('a clock that goes back by a day', () => {
  it('ends the session cleanly, and the next one is held since the new time', async () => {
    const clock = movedClock()
    const sockets: WebSocket[] = []
    await using server = await openPodServer(socket => {
      sockets.push(socket)
      socket.send('before')
    })
    const { session, opened } = source(server.url, clock)
    const error = await session(page => {
      if (page.events.length === 0 || clock.now() < NOON) return
      clock.move(-24 * HOUR_MS)
      sockets.at(-1)?.send('after')
    })
    expect(error).toMatchObject({
      code: 'clock-stepped',
      message: expect.stringContaining('went back by 86'),
    })
    void session()
    await expect.poll(() => opened.length).toBe(2)
    expect(opened[1]!.at).toBeGreaterThanOrEqual(opened[1]!.lastHeld!)
    expect(opened[1]!.at).toBeLessThan(NOON)
  })
})

describe('a seat', () => {
  it('that may be ours, since the answer to a handshake was lost, is not called a stranger’s', async () => {
    let handshakes = 0
    await using server = await podServer(socket => {
      if (++handshakes === 1) socket.destroy()
      else socket.end('HTTP/1.1 409 x\r\ncontent-length: 0\r\n\r\n')
    })
    const { session } = source(server.url, movedClock())
    expect(await session()).toMatchObject({ code: 'pod-unanswered' })
    expect(await session()).toMatchObject({ code: 'pod-session-zombie' })
  })
})

describe('a seat that somebody else has', () => {
  it('is asked for ever less, with a pause that is said and never short', async () => {
    await using server = await refusingPodServer(409, 'Exceeded maximum number of sessions per token')
    const { session } = source(server.url, movedClock())
    const pauses: number[] = []
    for (let i = 0; i < 8; i++) {
      const error = await session()
      expect(error).toMatchObject({ code: 'pod-session-stranger', afterMs: expect.any(Number) })
      pauses.push((error as { afterMs: number }).afterMs)
    }
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5_000)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(180_000)
    expect(new Set(pauses).size).toBe(8)
  })
})
