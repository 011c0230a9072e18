/** Orders that one process queues in the state and the running worker takes. */
import { deadline, real } from '../clock.ts'
import { type Log, tellOrderFailed } from '../operations/log.ts'
import type { Queued } from '../state/beside.ts'

const LOOK_EVERY_MS = 1_000
const PAUSE_AFTER_FAILURE_MS = 30_000

export interface OrderQueue<Order> {
  readonly next: () => Order | undefined
  /** False when it was interrupted, so that the order is left to the next worker. */
  readonly execute: (order: Order) => boolean | Promise<boolean>
  /** In words, such as `an order for a backfill`. */
  readonly what: string
  readonly log: Log
}

/** Executes orders as they come, until `stop`. Never rejects: what fails is told and tried again. */
export async function takeQueued<Order>(
  { next, execute, what, log }: OrderQueue<Order>,
  { stop, abort }: { readonly stop: AbortSignal; readonly abort?: AbortSignal },
): Promise<void> {
  while (!stop.aborted) {
    let pauseMs = LOOK_EVERY_MS
    try {
      for (let order = next(); order; order = next()) if (!(await execute(order))) return
    } catch (error) {
      if (abort?.aborted) return
      pauseMs = PAUSE_AFTER_FAILURE_MS
      tellOrderFailed(log, what, error)
    }
    await real.sleep(pauseMs, stop)
  }
}

/** A running worker looks for orders each second. */
const ANSWER_MS = 60_000
const LOOK_FOR_ANSWER_MS = 200

/** The worker's answer; undefined when none came within a minute of real time, or `stop` aborted before. Closes the order. */
export async function answerOf<Answer>(
  queued: Queued<Answer>,
  stop: AbortSignal,
): Promise<Answer | undefined> {
  const over = deadline(ANSWER_MS, stop)
  try {
    for (;;) {
      const answer = queued.answer()
      if (answer || over.aborted) return answer
      await real.sleep(LOOK_FOR_ANSWER_MS, over)
    }
  } finally {
    queued.close()
  }
}
