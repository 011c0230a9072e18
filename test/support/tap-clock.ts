import type { Clock } from '../../src/clock.ts'

/** Time that passes only while somebody sleeps, or when it is told to. */
export interface SteppedClock extends Clock {
  step(ms: number): void
}

export function steppedClock(start: number): SteppedClock {
  let now = start
  return {
    now: () => now,
    async sleep(ms, signal) {
      if (!signal?.aborted) now += ms
    },
    step(ms) {
      now += ms
    },
  }
}
