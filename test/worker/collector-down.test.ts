import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { peakRssMb } from '../../bench/usage.ts'
import { real } from '../../src/clock.ts'
import { type PodType, podTypes } from '../../src/proofpoint/pod/types.ts'
import { streamsOf } from '../../src/simulator/streams.ts'
import { podServer } from '../support/pod-server.ts'
import { logOf, stateDirectory, worker } from '../support/worker.ts'

const OFFERED_BYTES = 2 * 2 ** 30
/** Nothing moves any more when nothing was taken for so long. */
const STILL_MS = 4_000
const TOGETHER = 64
const MOST_BUFFERED = 2 ** 20
/** Of a whole worker that runs from its source; the figures of what is installed are in docs/performance.md. */
const MOST_RSS_MB = 400

function framesOf(type: PodType): Buffer[] {
  const rates = { message: 50, maillog: 50, audit: 50 }
  const none = { messagesDelivered: 0, messagesBlocked: 0, clicksPermitted: 0, clicksBlocked: 0 }
  const events = streamsOf(1, 'example_hosted', { ...rates, ...none }).pod[type]
  const first = events.first(real.now())
  return Array.from({ length: 500 }, (_, i) => Buffer.from(JSON.stringify(events.record(first + i))))
}

it.runIf(process.platform === 'linux')(
  'a worker whose collector is down takes a bounded part of 2 GiB that are offered to it',
  async () => {
    let taken = 0
    let takenAt = real.now()

    const offer = (socket: WebSocket, connection: Socket, type: PodType) => {
      const frames = framesOf(type)
      let left = OFFERED_BYTES / podTypes.length
      const pump = () => {
        while (left > 0 && socket.readyState === socket.OPEN && socket.bufferedAmount < MOST_BUFFERED) {
          connection.cork()
          for (let i = 0; i < TOGETHER; i++) {
            const frame = frames[Math.floor(Math.random() * frames.length)]!
            left -= frame.length
            taken += frame.length
            socket.send(frame, i === 0 ? pump : undefined)
          }
          connection.uncork()
          takenAt = real.now()
        }
      }
      pump()
    }
    await using server = await podServer(async (connection, accept) => {
      const { searchParams } = new URL(`ws://server${server.requests.at(-1)?.url}`)
      offer(await accept(), connection, searchParams.get('type') as PodType)
    })
    using state = stateDirectory()
    await using running = worker({
      simulator: { podUrl: server.url, tapUrl: 'http://127.0.0.1:1' },
      state: state.path,
      collector: 'http://127.0.0.1:1',
    })
    const said = () => logOf(running).filter(({ code }) => code === 'collector-unavailable').length
    await expect.poll(said).toBeGreaterThanOrEqual(podTypes.length)
    await expect.poll(() => real.now() - takenAt, { timeout: 30_000 }).toBeGreaterThan(STILL_MS)
    const rss = peakRssMb(running.pid)
    console.log(
      `${Math.round(taken / 1e6)} MB of ${Math.round(OFFERED_BYTES / 1e6)} MB were taken; RSS ${Math.round(rss)} MB`,
    )
    expect(taken).toBeLessThan(OFFERED_BYTES / 8)
    expect(rss).toBeLessThan(MOST_RSS_MB)
  },
)
