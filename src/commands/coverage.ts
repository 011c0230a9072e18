import { KnownError } from '../errors.ts'
import type { HourLedger } from '../state/ledger.ts'

/** What the ledger of a stream learns of its live sessions. */
export interface Coverage {
  /** A session is open; the ledger's errors pass. */
  opened(at: number): void
  /** The session, if one was open, ended with this error. */
  ended(error: unknown): void
  /** Enters what `ended` noted. Call it before the next session, and before a clean mark. Throws what the ledger throws. */
  enter(): void
}

/** The server was told or told us itself that the session is over, and all that it had sent was read. */
const cleanEnds: ReadonlySet<string> = new Set(['pod-closed', 'delivery-blocked'])

/** A disk that refuses a suspicion keeps the next session from opening, so that none is forgotten. */
export function coverage(ledger: Pick<HourLedger, 'sessionOpened' | 'suspectSince'>): Coverage {
  let isOpen = false
  let reason: string | undefined
  return {
    opened(at) {
      isOpen = true
      ledger.sessionOpened(at)
    },
    ended(error) {
      const isClean = error instanceof KnownError && cleanEnds.has(error.code)
      if (isOpen && !isClean) reason ??= error instanceof Error ? error.message : String(error)
      isOpen = false
    },
    enter() {
      if (reason === undefined) return
      ledger.suspectSince(reason)
      reason = undefined
    },
  }
}
