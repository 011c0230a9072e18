/** Whether a session is still held: the other end is asked by pings, and this process may have stood still. */
import type { WebSocket } from 'ws'
import { type Clock, elapsed, real } from '../../clock.ts'

export interface HeartbeatOptions {
  /** Of Proofpoint's data: virtual in a rehearsal. */
  readonly clock: Clock
  readonly pingMs: number
  /** After so long without any frame, `onSilent` is told. */
  readonly silenceMs: number
  readonly onSilent: () => void
}

export interface Heartbeat {
  /** A message came. */
  heard(): void
  /**
   * Until when the session is known to have been held, ms since 1970: now; or, after this process stood still, when that
   * began, until the other end has answered a ping since. What is read before that may have come at any time between, and
   * the session may be over since then.
   */
  heldUntil(): number
  /** Whether `heldUntil` is now. */
  isHeld(): boolean
}

const TICK_MS = 15_000
/** The clock does not go on by so much between two ticks unless the process stood still, or the clock was set. */
const STANDSTILL_MS = 60_000

/** Pings `socket` until `over`. */
export function heartbeat(
  socket: WebSocket,
  { clock, pingMs, silenceMs, onSilent }: HeartbeatOptions,
  over: AbortSignal,
): Heartbeat {
  let lastLife = elapsed()
  let awakeAt = clock.now()
  let doubtedSince: number | undefined
  let standstills = 0
  // Whoever has several pings to answer may answer the last one alone: each tells which standstill it came after.
  const ping = () => {
    if (socket.readyState === socket.OPEN) socket.ping(String(standstills))
  }

  function heldUntil(): number {
    const now = clock.now()
    if (now - awakeAt > STANDSTILL_MS) {
      doubtedSince ??= awakeAt
      standstills++
      ping()
    }
    awakeAt = now
    return doubtedSince ?? now
  }

  const heard = () => {
    lastLife = elapsed()
  }
  socket.on('ping', heard)
  socket.on('pong', answer => {
    heard()
    heldUntil()
    if (answer.toString() === String(standstills)) doubtedSince = undefined
  })

  async function tick(): Promise<void> {
    while (!over.aborted) {
      await clock.sleep(TICK_MS, over)
      heldUntil()
    }
  }

  async function pinging(): Promise<void> {
    for (;;) {
      const began = elapsed()
      await real.sleep(pingMs, over)
      if (over.aborted) return
      // A paused socket hears no pong, and a process that stood still has not yet read what came: that silence is ours.
      if (socket.isPaused || elapsed() - began > 1.5 * pingMs) heard()
      if (elapsed() - lastLife >= silenceMs) onSilent()
      ping()
    }
  }

  void tick()
  void pinging()
  return {
    heard,
    heldUntil,
    isHeld() {
      heldUntil()
      return doubtedSince === undefined
    },
  }
}
