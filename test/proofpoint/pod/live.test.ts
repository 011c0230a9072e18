import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { real } from '../../../src/clock.ts'
import { gaps, readAll, sourceAt, texts, token } from '../../support/pod-live-reader.ts'
import { openPodServer, podServer, refusingPodServer } from '../../support/pod-server.ts'

const SWITCHED =
  'HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: no\r\n\r\n'

describe('the handshake', () => {
  it('asks for the live stream: cluster and type, no times, no sub-protocol, no compression, no key of its own', async () => {
    await using server = await openPodServer(socket => socket.close(1000))
    await readAll(server.url)
    const { url, headers } = server.requests[0]!
    expect(url).toBe('/v1/stream?cid=example_hosted&type=message')
    expect(headers.authorization).toBe(`Bearer ${token}`)
    expect(headers['sec-websocket-extensions']).toBeUndefined()
    expect(headers['sec-websocket-protocol']).toBeUndefined()
    expect(headers['sec-websocket-key']).not.toBe('SGVsbG8sIHdvcmxkIQ==')
  })

  it.each([
    [400, 'pod-bad-request', false],
    [401, 'pod-unauthorized', false],
    [403, 'pod-forbidden', false],
    [404, 'pod-not-found', false],
    [405, 'pod-bad-method', false],
    [407, 'proxy-refused', false],
    [429, 'pod-too-many-requests', true],
    [500, 'pod-unavailable', true],
    [503, 'pod-unavailable', true],
    [302, 'pod-not-found', false],
    [200, 'pod-not-found', false],
  ])('HTTP %i is the error %s with the server’s own words', async (status, code, waitingHelps) => {
    await using server = await refusingPodServer(status, 'words of\r\nthe server\u001b[31m')
    const { error } = await readAll(server.url)
    expect(error).toMatchObject({ code })
    expect(error).toHaveProperty(
      'message',
      `the server refused the connection: HTTP ${status} words of the server [31m`,
    )
    expect(error).toHaveProperty('entry.waitingHelps', waitingHelps)
    expect(String(error)).not.toContain(token)
  })

  it.each([
    ['is cut off', (socket: Socket) => socket.destroy()],
    ['is not HTTP', (socket: Socket) => socket.end('what?\r\n\r\n')],
    ['is lost by a gateway', (socket: Socket) => socket.end('HTTP/1.1 504 x\r\ncontent-length: 0\r\n\r\n')],
    ['is not that of a WebSocket', (socket: Socket) => socket.end(SWITCHED)],
  ])('whose answer %s may have opened a session', async (_, answer) => {
    await using server = await podServer(answer)
    const { error } = await readAll(server.url)
    expect(error).toMatchObject({ code: 'pod-unanswered' })
    expect(error).toHaveProperty('entry.waitingHelps', true)
  })

  it('that nobody hears has opened none', async () => {
    expect((await readAll('ws://127.0.0.1:1/v1/stream')).error).toMatchObject({ code: 'connect-failure' })
  })

  it('tells its own zombie from a stranger by when it last held the stream', async () => {
    await using server = await refusingPodServer(409, 'Exceeded maximum number of sessions per token\r\n')
    expect((await readAll(server.url)).error).toMatchObject({ code: 'pod-session-stranger' })
    expect((await readAll(server.url, undefined, { heldAt: real.now() - 3_600_000 })).error).toMatchObject({
      code: 'pod-session-stranger',
    })
    expect((await readAll(server.url, undefined, { heldAt: real.now() - 60_000 })).error).toMatchObject({
      code: 'pod-session-zombie',
    })
  })

  it('ends without an error when it is stopped before the request was sent', async () => {
    const stop = new AbortController()
    stop.abort()
    const pages = sourceAt('ws://127.0.0.1:1/v1/stream').read(undefined, stop.signal)[Symbol.asyncIterator]()
    await expect(pages.next()).resolves.toMatchObject({ done: true })
  })

  it('waits for the answer when it is stopped meanwhile: a session that opened is read and closed cleanly', async () => {
    let answer = async () => {}
    await using server = await podServer((_, accept) => {
      answer = async () => {
        const socket = await accept()
        for (let i = 0; i < 50; i++) socket.send(`frame ${i}`)
      }
    })
    const stop = new AbortController()
    const texts: string[] = []
    const reading = (async () => {
      for await (const page of sourceAt(server.url).read(undefined, stop.signal))
        texts.push(...page.events.map(event => event.bytes.toString()))
    })()
    await expect.poll(() => server.requests.length).toBe(1)
    stop.abort()
    await answer()
    await reading
    expect(texts).toEqual(Array.from({ length: 50 }, (_, i) => `frame ${i}`))
  })

  it('ends without an error when the server refuses after the stop, because then it has sent nothing', async () => {
    let refuse = () => {}
    await using server = await podServer(socket => {
      refuse = () => socket.end('HTTP/1.1 503 x\r\ncontent-length: 0\r\n\r\n')
    })
    const stop = new AbortController()
    const pages = sourceAt(server.url).read(undefined, stop.signal)[Symbol.asyncIterator]()
    const first = pages.next()
    await expect.poll(() => server.requests.length).toBe(1)
    stop.abort()
    refuse()
    await expect(first).resolves.toMatchObject({ done: true })
  })

  it('never tells the token, even when the server repeats it', async () => {
    await using server = await refusingPodServer(401, `no: Bearer ${token}`)
    expect((await readAll(server.url)).error).toHaveProperty(
      'message',
      'the server refused the connection: HTTP 401 no: Bearer ***',
    )
  })

  it('a refusal whose text never ends is told all the same', async () => {
    await using server = await podServer(socket => {
      socket.write('HTTP/1.1 401 x\r\ncontent-length: 100000\r\n\r\nexpired')
    })
    expect((await readAll(server.url)).error).toMatchObject({
      code: 'pod-unauthorized',
      message: expect.stringContaining('expired'),
    })
  })
})

it('a stream that was not held for over an hour has a gap, which is told: from then to an hour ago', async () => {
  await using server = await openPodServer(socket => socket.close(1000))
  gaps.length = 0
  const heldAt = real.now() - 3 * 3_600_000
  await readAll(server.url, undefined, { heldAt: real.now() - 3_500_000 })
  expect(gaps).toEqual([])
  await readAll(server.url, undefined, { heldAt })
  expect(gaps).toEqual([[heldAt, expect.closeTo(real.now() - 3_600_000, -5)]])
})

describe('frames', () => {
  it('each is one event with its own bytes: binary, invalid UTF-8 and line ends included; empty ones are none', async () => {
    await using server = await openPodServer(socket => {
      socket.send('{"a":1}')
      socket.send('')
      socket.send(Buffer.from('{"b":2}'), { binary: true })
      socket.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false })
      socket.send('{"c":3}\n')
      socket.close(1000)
    })
    const { pages } = await readAll(server.url)
    const events = pages.flatMap(page => page.events)
    expect(events.map(event => event.bytes.toString('latin1'))).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{\xff}',
      '{"c":3}\n',
    ])
    expect(new Set(events.map(event => event.kind))).toEqual(new Set(['pod.message']))
  })

  it('a message over 1 MiB in many fragments is one event', async () => {
    const big = Buffer.alloc(3_000_000, 'x')
    await using server = await openPodServer(socket => {
      for (let i = 0; i < big.length; i += 1_000_000)
        socket.send(big.subarray(i, i + 1_000_000), { fin: i + 1_000_000 >= big.length })
      socket.close(1000)
    })
    const { pages } = await readAll(server.url)
    expect(pages.flatMap(page => page.events.map(event => event.bytes.length))).toEqual([3_000_000])
  })

  it('a slow reader pauses the socket: the server is left with what does not fit', async () => {
    let sender: WebSocket | undefined
    await using server = await openPodServer(socket => {
      sender = socket
      for (let i = 0; i < 3_000; i++) socket.send(Buffer.alloc(20_000, i % 256))
      socket.close(1000)
    })
    const stop = new AbortController()
    let received = 0
    try {
      for await (const page of sourceAt(server.url, 100_000).read(undefined, stop.signal)) {
        expect(page.events.reduce((sum, event) => sum + event.bytes.length, 0)).toBeLessThan(400_000)
        if (page.events.length > 0 && received === 0) {
          await sleep(300)
          expect(sender?.bufferedAmount).toBeGreaterThan(20_000_000)
        }
        received += page.events.length
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'pod-closed' })
    }
    expect(received).toBe(3_000)
  })
})

describe('the end', () => {
  it('a drop yields what arrived, then says that it dropped', async () => {
    await using server = await podServer(async (socket, accept) => {
      const open = await accept()
      open.send('last words')
      setImmediate(() => socket.end())
    })
    const { pages, error } = await readAll(server.url)
    expect(texts(pages)).toEqual(['last words'])
    expect(error).toMatchObject({ code: 'pod-dropped' })
  })

  it.each([
    [1000, 'pod-closed'],
    [1001, 'pod-closed'],
    [1011, 'pod-broken-off'],
    [1012, 'pod-broken-off'],
  ])('a close by the server with %d is named with its code, as %s', async (number, code) => {
    await using server = await openPodServer(socket => socket.close(number, 'maintenance'))
    expect((await readAll(server.url)).error).toMatchObject({
      code,
      message: expect.stringContaining(`${number} maintenance`),
    })
  })

  it('a frame over 64 MiB is named', async () => {
    await using server = await openPodServer(socket => socket.send(Buffer.alloc(64 * 2 ** 20 + 1)))
    expect((await readAll(server.url)).error).toMatchObject({ code: 'pod-frame-too-big' })
  })

  it('a stop under full load reads to the server’s close frame: nothing that was sent is lost', async () => {
    let sent = 0
    await using server = await openPodServer(socket => {
      const send = () => {
        if (socket.readyState !== socket.OPEN) return
        for (let i = 0; i < 50; i++) socket.send(`frame ${sent++}`)
        setImmediate(send)
      }
      send()
    })
    const { pages, error } = await readAll(server.url, (pages, stop) => {
      if (texts(pages).length > 2_000) stop.abort()
    })
    expect(error).toBeUndefined()
    expect(texts(pages)).toEqual(Array.from({ length: sent }, (_, i) => `frame ${i}`))
  })

  it('a server that never answers the close frame makes the close unclean, with what arrived delivered', async () => {
    await using server = await podServer(async (socket, accept) => {
      const open = await accept()
      open.send('before')
      setTimeout(() => socket.pause(), 100)
    })
    const { pages, error } = await readAll(server.url, (pages, stop) => {
      if (texts(pages).length > 0) setTimeout(() => stop.abort(), 300)
    })
    expect(texts(pages)).toEqual(['before'])
    expect(error).toMatchObject({ code: 'clean-close-failed' })
  })
})
