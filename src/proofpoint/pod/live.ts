import { HOUR_MS } from '../../clock.ts'
import { KnownError } from '../../errors.ts'
import { MOST_PAGES } from '../../most-pages.ts'
import type { Source } from '../../pipeline.ts'
import { type PodConnection, podStream, sessionAddress } from './connection.ts'
import { frameMemory } from './frame-memory.ts'
import { frames } from './frames.ts'
import { openSocket } from './handshake.ts'

export interface PodLiveOptions extends PodConnection {
  /**
   * The stream is held from now on, and was held last at `lastHeld` (ms since 1970, by this machine's clock), if ever; told
   * before the first page. Throws what it throws.
   */
  readonly onOpened: (at: number, lastHeld: number | undefined) => void
  /** The stream was not held for over an hour: what lies between (ms since 1970) is not in the live stream. */
  readonly onGap: (from: number, to: number) => void
}

/** The server keeps the live position for an hour; after that the stream begins an hour back. */
const RESUME_MS = HOUR_MS
/** An idle audit stream is normal. Somebody always gets mail, but in a small company not at night: so it is asked ever less. */
const NEVER_QUIET = 'message'
const QUIET_MS = HOUR_MS / 2
const MOST_QUIET_MS = 4 * HOUR_MS
/** Clocks are slewed by less without anybody's noticing. */
const STEP_MS = 60_000

/**
 * The live stream of one type: without time parameters, because any of them makes it an archive session. The server keeps
 * the position itself, for one hour; the cursor only notes when the stream was last held.
 */
export function podLiveSource(options: PodLiveOptions): Source {
  const { clusterId, type, token, seat, agent, clock, waitingBytes, largeTurns, onBlocked } = options
  // One for all sessions, since each is delivered before the next one is opened.
  const memory = frameMemory(MOST_PAGES, waitingBytes)
  let heldAt: number | undefined
  let quietMs = QUIET_MS
  return {
    name: podStream(type, clusterId),
    lane: 'live',
    async *read(from, stop) {
      heldAt ??= asTime(from?.['heldAt'])
      const lastHeld = heldAt
      const connect = async (heldLately: boolean) =>
        await openSocket({ url: sessionAddress(options), token: await token(), agent, heldLately }, stop)
      const socket = await seat.claim(connect, lastHeld)
      if (!socket) return
      heldAt = clock.now()
      const begin = heldAt - RESUME_MS
      if (lastHeld !== undefined && lastHeld < begin) options.onGap(lastHeld, begin)
      try {
        options.onOpened(heldAt, lastHeld)
      } catch (error) {
        socket.terminate()
        throw error
      }
      const leave = new AbortController()
      let lastFrameAt = heldAt
      let isFirst = true
      let next = Promise.withResolvers<void>()
      let reason: KnownError | undefined
      for await (const page of frames(
        socket,
        {
          kind: `pod.${type}`,
          clock,
          waitingBytes,
          ahead: { memory, onFull: () => next.resolve() },
          largeTurns,
          onBlocked,
        },
        AbortSignal.any([stop, leave.signal]),
      )) {
        const before: number = heldAt
        // What was read before a pause of the reader says how long the session was held, not the time of its reading.
        heldAt = page.at(-1)?.observedAt ?? clock.now()
        if (page.length > 0 || heldAt < before) lastFrameAt = heldAt
        if (page.length > 0) quietMs = QUIET_MS
        if (heldAt < before - STEP_MS) reason ??= stepped(before - heldAt)
        else if (type === NEVER_QUIET && heldAt - lastFrameAt >= quietMs) {
          reason ??= quiet(heldAt - lastFrameAt)
          quietMs = Math.min(quietMs * 2, MOST_QUIET_MS)
        }
        if (reason) leave.abort()
        yield {
          events: page,
          cursor: { heldAt },
          // When nothing waits any more. Before the first page nobody has waited.
          ...(page.length === 0 && !isFirst && { covers: heldAt }),
          nextIsFull: next.promise,
        }
        isFirst = false
        next = Promise.withResolvers()
      }
      if (reason && !stop.aborted) throw reason
    },
  }
}

const asTime = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

const quiet = (ms: number): KnownError =>
  new KnownError('pod-quiet', `the connection is alive, but for ${Math.round(ms / 60_000)} min no event came`)

const stepped = (ms: number): KnownError =>
  new KnownError('clock-stepped', `the clock of this machine went back by ${Math.round(ms / 1_000)} s`)
