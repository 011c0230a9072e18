import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/clock.ts'

/** Time of many who sleep: it goes on to the next one who wakes, when nobody has anything left to do. */
export interface EventClock extends Clock {
  /** Lets time pass up to `until`, ms since 1970. */
  run(until: number): Promise<void>
}

export function eventClock(start: number): EventClock {
  let now = start
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const wake = () => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper = { at: now + ms, wake }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake)
      }),
    async run(until) {
      for (;;) {
        await setImmediate()
        const next = [...sleepers].reduce<{ at: number; wake: () => void } | undefined>(
          (a, b) => (a && a.at <= b.at ? a : b),
          undefined,
        )
        if (!next || next.at > until) break
        now = next.at
        next.wake()
      }
      now = until
    },
  }
}
