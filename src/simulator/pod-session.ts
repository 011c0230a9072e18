/** One WebSocket session of the PoD Log API as its sender sees it: whether it may be sent to, and how much. */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Clock, elapsed, real } from '../clock.ts'
import type { Frame } from './frames.ts'

/** No more bytes than these wait in this process for a client that reads slowly. */
const HIGH_WATER_BYTES = 256 * 1024
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 4

export interface Session {
  /** Resolves when the connection is gone: true after a close handshake, false after a drop. */
  readonly ended: Promise<boolean>
  /** Whether frames may be sent: false as soon as a close frame came or went. */
  sendable(): boolean
  /** Whether a close handshake has begun that will end the session. */
  closing(): boolean
  send(frame: Pick<Frame, 'data' | 'binary'>): void
  /** Resolves when the client has read enough of what was sent, or is gone. */
  room(): Promise<void>
  /** Sleeps in the time of `clock` until woken. */
  nap(clock: Clock, ms: number): Promise<void>
  wake(): void
  /** Bytes sent that wait in this process. */
  bufferedBytes(): number
  close(code: number): void
  /** Resets the TCP connection: what is in flight is lost. */
  drop(): void
  /** Neither reads nor writes any more, as behind a dead link: what is sent counts as sent, and goes nowhere. */
  freeze(): void
}

export function sessionOn(ws: WebSocket, socket: Duplex, idleMs: number): Session {
  const gone = new AbortController()
  let frozen = false
  let napping = new AbortController()
  let makeRoom: (() => void) | undefined
  let lastSign = elapsed()

  const sign = () => {
    lastSign = elapsed()
  }
  ws.on('message', sign).on('ping', sign).on('pong', sign)
  // A protocol fault of the client or a reset; 'close' follows.
  ws.on('error', () => undefined)
  const wake = () => napping.abort()
  const ended = new Promise<boolean>(resolve => {
    ws.once('close', code => {
      gone.abort()
      wake()
      makeRoom?.()
      resolve(code !== 1006)
    })
  })
  const flushed = () => {
    if (ws.bufferedAmount <= LOW_WATER_BYTES) makeRoom?.()
  }
  void dropWhenIdle(
    () => idleMs - (elapsed() - lastSign),
    gone.signal,
    () => ws.terminate(),
  )

  return {
    ended,
    wake,
    sendable: () => ws.readyState === ws.OPEN,
    closing: () => ws.readyState !== ws.OPEN,
    bufferedBytes: () => ws.bufferedAmount,
    send: ({ data, binary }) => {
      if (!frozen) ws.send(data, { binary }, flushed)
    },
    room: async () => {
      if (ws.bufferedAmount < HIGH_WATER_BYTES || gone.signal.aborted) return
      await new Promise<void>(resolve => {
        makeRoom = resolve
      })
    },
    nap: async (clock, ms) => {
      napping = new AbortController()
      if (!gone.signal.aborted) await clock.sleep(ms, napping.signal)
    },
    close: code => {
      ws.close(code)
      wake()
    },
    drop: () => (socket instanceof Socket ? socket.resetAndDestroy() : ws.terminate()),
    freeze: () => {
      frozen = true
      ws.pause()
      makeRoom?.()
    },
  }
}

async function dropWhenIdle(leftMs: () => number, gone: AbortSignal, drop: () => void): Promise<void> {
  while (leftMs() > 0 && !gone.aborted) await real.sleep(leftMs(), gone)
  drop()
}
