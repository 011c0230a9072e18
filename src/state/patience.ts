import { elapsed, real } from '../clock.ts'
import { type ErrorCode, KnownError } from '../errors.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
const REMINDER_MS = 60_000

export interface TroubleListener {
  /**
   * Nothing can be written now, or one stream cannot; it is tried again and again. Said once a minute for each code,
   * with the streams that wait by then, and for how long that lasts.
   */
  onTrouble(
    error: KnownError,
    extent: { readonly streams: readonly string[]; readonly blockedMs: number },
  ): void
  /** All that this trouble held up is written, `blockedMs` after it began. */
  onRecovery(code: ErrorCode, blockedMs: number): void
}

/** One trouble that lasts; `waiting`: the stream of each write that met it. */
interface Trouble {
  readonly waiting: string[]
  readonly since: number
  toldAt: number
}

/**
 * Makes a function that tries a stream's `write` until it is taken: again after 1 s of real time, then later, at most 30 s apart.
 * Once `abort` is aborted it tries a last time and rejects with the signal's reason.
 */
export function patience({ onTrouble, onRecovery }: TroubleListener) {
  const troubles = new Map<ErrorCode, Trouble>()

  function meet(stream: string, error: KnownError, met: Set<ErrorCode>): void {
    const { code } = error
    const now = elapsed()
    const trouble = troubles.get(code) ?? { waiting: [], since: now, toldAt: Number.NEGATIVE_INFINITY }
    troubles.set(code, trouble)
    if (!met.has(code)) trouble.waiting.push(stream)
    met.add(code)
    if (now - trouble.toldAt < REMINDER_MS) return
    trouble.toldAt = now
    onTrouble(error, { streams: [...new Set(trouble.waiting)].sort(), blockedMs: now - trouble.since })
  }

  function leave(stream: string, code: ErrorCode, isWritten: boolean): void {
    const trouble = troubles.get(code)
    if (!trouble) return
    trouble.waiting.splice(trouble.waiting.indexOf(stream), 1)
    if (trouble.waiting.length > 0) return
    troubles.delete(code)
    if (isWritten) onRecovery(code, elapsed() - trouble.since)
  }

  return async (stream: string, write: () => void, abort: AbortSignal): Promise<void> => {
    const met = new Set<ErrorCode>()
    let isWritten = false
    try {
      let trouble = refusal(write)
      for (let pause = FIRST_PAUSE_MS; trouble; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        meet(stream, trouble, met)
        abort.throwIfAborted()
        await real.sleep(pause, abort)
        trouble = refusal(write)
      }
      isWritten = true
    } finally {
      for (const code of met) leave(stream, code, isWritten)
    }
  }
}

/** What stands against it; undefined when it is written. */
function refusal(write: () => void): KnownError | undefined {
  try {
    write()
    return undefined
  } catch (error) {
    if (error instanceof KnownError) return error
    throw error
  }
}
