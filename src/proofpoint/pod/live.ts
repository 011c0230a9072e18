import { HOUR_MS } from '../../clock.ts'
import type { Source } from '../../pipeline.ts'
import { type PodConnection, podStream, sessionAddress } from './connection.ts'
import { frames } from './frames.ts'
import { openSocket } from './handshake.ts'

export interface PodLiveOptions extends PodConnection {
  /** The stream is held from now on (ms since 1970); told before the first page. Throws what it throws. */
  readonly onOpened: (at: number) => void
  /** The stream was not held for over an hour: what lies between (ms since 1970) is not in the live stream. */
  readonly onGap: (from: number, to: number) => void
}

/** How long the server may hold a dead session is unknown; public clients see minutes. */
const ZOMBIE_MS = 10 * 60_000
/** The server keeps the live position for an hour; after that the stream begins an hour back. */
const RESUME_MS = HOUR_MS

/**
 * The live stream of one type: without time parameters, because any of them makes it an archive session. The server keeps
 * the position itself, for one hour; the cursor only notes when the stream was last held.
 */
export function podLiveSource(options: PodLiveOptions): Source {
  const { clusterId, type, token, agent, clock, waitingBytes } = options
  let heldAt = 0
  return {
    name: podStream(type, clusterId),
    lane: 'live',
    async *read(from, stop) {
      heldAt = Math.max(heldAt, Number(from?.['heldAt'] ?? heldAt))
      const heldLately = clock.now() - heldAt < ZOMBIE_MS
      const socket = await openSocket(
        { url: sessionAddress(options), token: await token(), agent, heldLately },
        stop,
      )
      if (!socket) return
      const begin = clock.now() - RESUME_MS
      if (heldAt > 0 && heldAt < begin) options.onGap(heldAt, begin)
      heldAt = clock.now()
      try {
        options.onOpened(heldAt)
      } catch (error) {
        socket.terminate()
        throw error
      }
      yield { events: [], cursor: { heldAt } }
      for await (const page of frames(socket, { clock, waitingBytes }, stop)) {
        heldAt = clock.now()
        yield {
          events: page.map(frame => ({ kind: `pod.${type}` as const, ...frame })),
          cursor: { heldAt },
        }
      }
    },
  }
}
