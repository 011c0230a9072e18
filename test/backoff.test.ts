import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { backoff } from '../src/backoff.ts'

const MOST_MS = 60_000

/** The limit of a wait that is wholly random below it. */
const limitOf = (attempt: number): number => Math.min(MOST_MS, 1_000 * 2 ** attempt)

test('a wait is a random part of 1 s doubled with each attempt, at most 60 s, from nothing to the whole', () => {
  const random = vi.spyOn(Math, 'random')
  fc.assert(
    fc.property(
      fc.nat({ max: 10_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, part) => {
        random.mockReturnValue(part)
        expect(backoff(attempt, MOST_MS)).toBeCloseTo(part * limitOf(attempt), 6)
      },
    ),
  )
  random.mockRestore()
})

test('waits of one attempt are spread over the whole of it, so that workers do not come back together', () => {
  for (const attempt of [0, 3, 20]) {
    const waits = Array.from({ length: 1_000 }, () => backoff(attempt, MOST_MS))
    const tenths = new Set(waits.map(ms => Math.floor((ms / limitOf(attempt)) * 10)))
    expect(tenths).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
  }
})
