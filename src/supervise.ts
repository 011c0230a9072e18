import { backoff } from './backoff.ts'
import { type Clock, elapsed, real } from './clock.ts'
import { KnownError } from './errors.ts'

const LONGEST_WAIT_MS = 60_000
/** Where waiting does not help, somebody has to act: no need to ask more often. */
const LONGEST_WAIT_FOR_OPERATOR_MS = 300_000
/** A run that lasted this long was a success; the next failure starts the backoff anew. */
const LASTING_RUN_MS = 60_000

/** What is said when a run failed: one line for people, the rest for machines. */
export interface Failure {
  readonly stream: string
  readonly error: unknown
  readonly waitingHelps: boolean
  readonly nextTryMs: number
}

export interface Supervision {
  readonly stop: AbortSignal
  readonly failed: (failure: Failure) => void
  /** Of Proofpoint's quotas: what the other side asks to wait is waited by it. */
  readonly clock: Clock
}

/**
 * The only restart loop: runs `run` until it ends by itself or `stop` aborts; whatever it throws is told to `failed`, and
 * it is run again, from the committed state, later each time. A run never overlaps the one before.
 * Resolves with the error of a run that failed while stopping, because then something may be undelivered.
 */
export async function supervise(
  stream: string,
  run: () => Promise<void>,
  { stop, failed, clock }: Supervision,
): Promise<unknown> {
  for (let attempt = 0; !stop.aborted; attempt++) {
    const began = elapsed()
    try {
      return await run()
    } catch (error) {
      if (stop.aborted) return error
      if (elapsed() - began >= LASTING_RUN_MS) attempt = 0
      const waitingHelps = error instanceof KnownError ? error.entry.waitingHelps : true
      const askedMs = error instanceof KnownError ? error.afterMs : undefined
      const nextTryMs =
        askedMs ?? backoff(attempt, waitingHelps ? LONGEST_WAIT_MS : LONGEST_WAIT_FOR_OPERATOR_MS)
      failed({ stream, error, waitingHelps, nextTryMs })
      await (askedMs === undefined ? real : clock).sleep(nextTryMs, stop)
    }
  }
  return undefined
}
