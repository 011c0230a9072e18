import type { Exporter } from '../pipeline.ts'

/**
 * At most `inFlight` exports at once, in the order in which they were asked for. A batch that waits is not mapped or encoded
 * yet. Waiting ends when `abort` is aborted.
 */
export function limited(exporter: Exporter, inFlight: number): Exporter {
  let free = inFlight
  const waiting = new Set<() => void>()

  const enter = (abort: AbortSignal): Promise<void> => {
    abort.throwIfAborted()
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        waiting.delete(start)
        reject(abort.reason)
      }
      const start = () => {
        waiting.delete(start)
        abort.removeEventListener('abort', giveUp)
        resolve()
      }
      waiting.add(start)
      abort.addEventListener('abort', giveUp, { once: true })
    })
  }

  /** Hands the slot to whoever waits longest, so that no newcomer takes it. */
  const leave = () => {
    const [next] = waiting
    if (next) next()
    else free++
  }

  return {
    async export(batch, abort) {
      await enter(abort)
      try {
        return await exporter.export(batch, abort)
      } finally {
        leave()
      }
    },
    close: () => exporter.close(),
  }
}
