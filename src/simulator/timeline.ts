/** Which event happens when: arithmetic in both directions, so that no event need be stored. */
import { fractions } from './random.ts'

/** Nothing happened before. Microseconds since 1970. */
const EPOCH_US = Date.UTC(2020, 0, 1) * 1000

export interface Timeline {
  /** When event `index` happens: whole microseconds since 1970, never before the event ahead of it. */
  timeUs(index: number): number
  /** The first event that happens at or after `ms`. */
  first(ms: number): number
}

/** `rate` events per second, regular but for a seeded delay of each within its own slot; 0 is silence. */
export function timeline(rate: number, seed: number, label: string): Timeline {
  if (rate === 0) return { timeUs: () => Number.POSITIVE_INFINITY, first: () => 0 }
  const spacingUs = 1_000_000 / rate
  const jitter = fractions(seed, `${label} jitter`)
  const timeUs = (index: number) => EPOCH_US + Math.floor((index + jitter(index)) * spacingUs)
  return searchable(timeUs, ms => Math.floor((ms * 1000 - EPOCH_US) / spacingUs))
}

/** The timeline on which every eighth event happens together with the one before it. */
export function withTwins(line: Timeline): Timeline {
  return searchable(index => line.timeUs(isTwin(index) ? index - 1 : index), line.first)
}

/** Whether the event of `withTwins` happens together with the one before it. */
export const isTwin = (index: number): boolean => index % 8 === 7

/** `guess` may be wrong by a few. */
function searchable(timeUs: Timeline['timeUs'], guess: (ms: number) => number): Timeline {
  return {
    timeUs,
    first: ms => {
      let index = Math.max(0, guess(ms))
      while (index > 0 && timeUs(index - 1) >= ms * 1000) index--
      while (timeUs(index) < ms * 1000) index++
      return index
    },
  }
}
