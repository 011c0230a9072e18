import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import { KnownError } from '../../errors.ts'

/** How long the server may hold a dead session is unknown; public clients see minutes. */
const ZOMBIE_MS = 10 * 60_000
/** A seat that is taken is asked for again after so long at least, and at most. */
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 180_000

/** ms since 1970. */
export interface HeldSession {
  readonly since: number
  /** When its connection was closed; undefined while it is open. */
  readonly until: number | undefined
}

/** The one session that a token may have for a type, live or archived: shared by the sources that read with them. */
export interface Seat {
  /**
   * Connects; `heldLately` says whether the seat was ours moments ago: then a server that calls it taken means our own dead
   * session, not a stranger's. A refusal for that reason asks for a pause, longer each time. `lastHeld`: when it was ours
   * before this process, ms since 1970.
   */
  claim(
    connect: (heldLately: boolean) => Promise<WebSocket | undefined>,
    lastHeld?: number,
  ): Promise<WebSocket | undefined>
  /** The last session of this process; undefined before the first. */
  session(): HeldSession | undefined
}

export function seat(clock: Clock): Seat {
  let heldAt = Number.NEGATIVE_INFINITY
  let refusals = 0
  let session: HeldSession | undefined
  return {
    session: () => session,
    async claim(connect, lastHeld = heldAt) {
      heldAt = Math.max(heldAt, lastHeld)
      try {
        const socket = await connect(clock.now() - heldAt < ZOMBIE_MS)
        refusals = 0
        if (!socket) return undefined
        const since = clock.now()
        session = { since, until: undefined }
        socket.once('close', () => {
          heldAt = clock.now()
          session = { since, until: heldAt }
        })
        return socket
      } catch (error) {
        if (error instanceof KnownError && error.code === 'pod-unanswered') heldAt = clock.now()
        if (!isTaken(error)) throw error
        throw new KnownError(error.code, error.message, { cause: error, afterMs: pauseAfter(refusals++) })
      }
    },
  }
}

/** With jitter, and never too soon. */
const pauseAfter = (refusals: number): number =>
  FIRST_PAUSE_MS +
  Math.random() * Math.min(LONGEST_PAUSE_MS - FIRST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(refusals, 30))

const isTaken = (error: unknown): error is KnownError =>
  error instanceof KnownError &&
  (error.code === 'pod-session-zombie' || error.code === 'pod-session-stranger')
