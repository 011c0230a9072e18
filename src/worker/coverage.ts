import { HOUR_MS } from '../clock.ts'
import { KnownError } from '../errors.ts'
import type { HourLedger } from '../state/ledger.ts'

/** What the ledger of a stream learns of its live sessions. */
export interface Coverage {
  /** A session is open, and the one before was held until `lastHeld` (ms since 1970); the ledger's errors pass. */
  opened(at: number, lastHeld?: number): void
  /** The session, if one was open, ended with this error, or without one as it was asked to. */
  ended(error?: unknown): void
  /** Enters what `ended` noted. Call it before the next session, and before a clean mark. Throws what the ledger throws. */
  enter(): void
}

/** The server was told or told us itself that the session is over, and all that it had sent was read. */
const cleanEnds: ReadonlySet<string> = new Set([
  'pod-closed',
  'delivery-blocked',
  'pod-quiet',
  'clock-stepped',
])

/** Whoever has the seat is sent the frames, which then count as sent: be it a stranger or a dead session of our own. */
export const seatTaken: ReadonlySet<string> = new Set(['pod-session-stranger', 'pod-session-zombie'])

/** A session may have been open that nobody here knew of, and frames on their way in it. */
const uncleanUnopened: ReadonlySet<string> = new Set([...seatTaken, 'pod-unanswered', 'clean-close-failed'])

/** For how long Proofpoint keeps the place of a live session. */
const RESUME_MS = HOUR_MS
/** By so much a clock may go back without being suspected of having hidden a pause. */
const SLEWED_MS = 60_000

/** A disk that refuses a suspicion keeps the next session from opening, so that none is forgotten. */
export function coverage(
  ledger: Pick<HourLedger, 'sessionOpened' | 'suspectSince' | 'suspectBetween'>,
): Coverage {
  let isOpen = false
  let reason: string | undefined
  return {
    opened(at, lastHeld = at) {
      isOpen = true
      if (at - lastHeld > RESUME_MS) {
        const reason = 'no session was held for over an hour'
        ledger.suspectSince(reason)
        // The time of the last commit says less: a page may wait for hours after its session was closed.
        ledger.suspectBetween(lastHeld, at + 1, reason)
      }
      if (lastHeld - at > SLEWED_MS) ledger.suspectSince('the clock went back: nobody knows since when')
      ledger.sessionOpened(at)
    },
    ended(error) {
      const code = error instanceof KnownError ? error.code : ''
      const isClean = error === undefined || cleanEnds.has(code)
      if ((isOpen && !isClean) || uncleanUnopened.has(code))
        reason ??= error instanceof Error ? error.message : String(error)
      isOpen = false
    },
    enter() {
      if (reason === undefined) return
      ledger.suspectSince(reason)
      reason = undefined
    },
  }
}
