/** The PoD Log API of the bench: one live session, which goes on where the last one ended. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { real } from '../src/clock.ts'
import { createMapping } from '../src/mapping/library.ts'
import type { ServerProgress } from './server.ts'
import { monotonicMs } from './usage.ts'

type PodType = 'message' | 'maillog'

/** Frames of one system call. */
const TOGETHER = 64
/** Bytes that may wait in this process for a slow reader. */
const MOST_BUFFERED = 1 << 20
const TICK_MS = 2

export function podSide(nextFrame: (type: PodType) => Buffer) {
  const accept = new WebSocketServer({ noServer: true })
  const sessions = new Set<{ readonly socket: WebSocket; readonly connection: Duplex }>()
  const uidOf = createMapping()
  let type: PodType = 'message'
  let left = 0
  let perSecond: number | undefined
  let sent = 0
  let lastAt = 0
  let sentAt = new Map<string, number>()
  let offers = 0

  /** Sends until the reader is behind; goes on when it has caught up. */
  const pump = () => {
    if (perSecond !== undefined) return
    for (const { socket, connection } of sessions) {
      while (left > 0 && socket.readyState === socket.OPEN && socket.bufferedAmount < MOST_BUFFERED) {
        const count = Math.min(TOGETHER, left)
        connection.cork()
        for (let i = 1; i <= count; i++) socket.send(nextFrame(type), i === count ? pump : undefined)
        connection.uncork()
        left -= count
        sent += count
        lastAt = monotonicMs()
      }
    }
  }

  /** Sends what is due since the offer began, each frame stamped with the time at which it is sent. */
  const tick = async (offer: number, rate: number) => {
    const began = monotonicMs()
    const goal = sent + left
    for (const first = sent; sent < goal && offer === offers; await real.sleep(TICK_MS)) {
      const [session] = sessions
      if (!session) continue
      const due = Math.min(goal, first + Math.ceil(((monotonicMs() - began) * rate) / 1_000))
      while (sent < due) {
        const frame = nextFrame(type)
        const { attributes } = uidOf(`pod.${type}`, frame)
        lastAt = monotonicMs()
        sentAt.set(String(attributes['log.record.uid']), lastAt)
        session.socket.send(frame)
        sent++
        left--
      }
    }
  }

  return {
    upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
      accept.handleUpgrade(request, connection, head, socket => {
        const session = { socket, connection }
        sessions.add(session)
        socket.on('close', () => sessions.delete(session))
        socket.on('error', () => socket.terminate())
        pump()
      })
    },
    offer(ofType: PodType, records: number, rate: number | undefined): void {
      type = ofType
      left += records
      perSecond = rate
      pump()
      if (rate !== undefined) void tick(offers, rate)
    },
    progress: (): ServerProgress => ({ sent, lastAt }),
    sentAt: (): ReadonlyMap<string, number> => sentAt,
    reset(): void {
      offers++
      left = 0
      sent = 0
      perSecond = undefined
      sentAt = new Map()
      for (const { socket } of sessions) socket.terminate()
    },
  }
}
