import { elapsed, real } from '../clock.ts'
import { KnownError } from '../errors.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
const REMINDER_MS = 60_000

export interface TroubleListener {
  /** Nothing can be written now; it is tried again and again. Said once a minute, however many streams wait. */
  onTrouble(error: KnownError): void
  /** All that waited is written. */
  onRecovery(blockedMs: number): void
}

/**
 * Makes a function that tries `write` until the disk takes it: again after 1 s of real time, then later, at most 30 s
 * apart. Once `abort` is aborted it tries a last time and rejects with the signal's reason.
 */
export function patience({ onTrouble, onRecovery }: TroubleListener) {
  let waiting = 0
  let since = 0
  let toldAt = 0
  return async (write: () => void, abort: AbortSignal): Promise<void> => {
    let trouble = refusal(write)
    if (!trouble) return
    if (waiting === 0) {
      since = elapsed()
      toldAt = since
      onTrouble(trouble)
    }
    waiting++
    try {
      for (let pause = FIRST_PAUSE_MS; trouble; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        abort.throwIfAborted()
        await real.sleep(pause, abort)
        trouble = refusal(write)
        if (trouble && elapsed() - toldAt >= REMINDER_MS) {
          toldAt = elapsed()
          onTrouble(trouble)
        }
      }
    } finally {
      waiting--
    }
    if (waiting === 0) onRecovery(elapsed() - since)
  }
}

/** What the disk has against it; undefined when it is written. */
function refusal(write: () => void): KnownError | undefined {
  try {
    write()
    return undefined
  } catch (error) {
    if (error instanceof KnownError) return error
    throw error
  }
}
