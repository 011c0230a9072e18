import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR_MS } from '../../../src/clock.ts'
import {
  interval,
  LONGEST_MS,
  nextWindow,
  repair,
  SHORTEST_MS,
  served,
  settledAfter,
  timeOfEnd,
  type Window,
} from '../../../src/proofpoint/tap/window.ts'

const NOW = Date.parse('2026-11-22T10:00:00.500Z')
const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * HOUR_MS
const LOOK_BACK = 45 * MINUTE

const minutesAgo = (minutes: number): number => Date.parse('2026-11-22T10:00:00Z') - minutes * MINUTE
const seconds = (from: number, to: number) => fc.integer({ min: from, max: to }).map(s => s * SECOND)

test('normal polls re-read from the settled point to 30 s before now', () => {
  expect(nextWindow(minutesAgo(45), NOW, SHORTEST_MS, LONGEST_MS)).toEqual({
    from: minutesAgo(45),
    to: minutesAgo(0.5),
  })
})

test('catching up goes in full hours', () => {
  const begin = minutesAgo(5 * 60)
  expect(nextWindow(begin, NOW, SHORTEST_MS, LONGEST_MS)).toEqual({ from: begin, to: begin + HOUR_MS })
})

test('a window under 30 s waits', () => {
  expect(nextWindow(minutesAgo(1), NOW, SHORTEST_MS, LONGEST_MS)).toEqual({
    from: minutesAgo(1),
    to: minutesAgo(0.5),
  })
  expect(nextWindow(minutesAgo(1) + SECOND, NOW, SHORTEST_MS, LONGEST_MS)).toBeUndefined()
})

test('a position in the future asks for the 30 s before it', () => {
  const future = minutesAgo(-60)
  expect(nextWindow(future, NOW, SHORTEST_MS, LONGEST_MS)).toEqual({ from: future - SHORTEST_MS, to: future })
})

test('a window is settled as far as it was read after the look-back', () => {
  const window = { from: minutesAgo(45), to: minutesAgo(0.5) }
  expect(settledAfter(minutesAgo(45), window, NOW + MINUTE, LOOK_BACK)).toBe(minutesAgo(44))
  const past = { from: minutesAgo(180), to: minutesAgo(120) }
  expect(settledAfter(past.from, past, NOW, LOOK_BACK)).toBe(past.to)
})

test('a window that does not join on to the settled point settles nothing', () => {
  const window = { from: minutesAgo(119), to: minutesAgo(60) }
  expect(settledAfter(minutesAgo(120), window, NOW, LOOK_BACK)).toBe(minutesAgo(120))
})

test('over any course of polls no instant is settled before it was read old enough, and nothing moves backwards', () => {
  const pauses = fc.array(fc.tuple(seconds(1, 4000), fc.boolean()), { minLength: 1, maxLength: 60 })
  const sizes = fc.constantFrom(5 * MINUTE, 17 * MINUTE, LONGEST_MS)
  fc.assert(
    fc.property(pauses, sizes, seconds(60, 20 * 3600), (pauses, longestMs, age) => {
      let now = NOW
      let settled = minutesAgo(0) - age
      let position = settled
      /** Every window that was read and when. */
      const readings: (Window & { readAt: number })[] = []
      const checked: { before: number; after: number }[] = []
      for (const [pause, newPass] of pauses) {
        now += pause
        if (newPass) position = settled
        const window = nextWindow(position, now, SHORTEST_MS, longestMs)
        if (!window) {
          position = settled
          continue
        }
        expect(window.from).toBe(position)
        expect(window.to - window.from).toBeGreaterThanOrEqual(SHORTEST_MS)
        expect(window.to - window.from).toBeLessThanOrEqual(LONGEST_MS)
        expect(window.to).toBeLessThanOrEqual(now - SHORTEST_MS)
        readings.push({ ...window, readAt: now })
        const before = settled
        settled = settledAfter(settled, window, now, LOOK_BACK)
        checked.push({ before, after: settled })
        position = window.to
      }
      for (const { before, after } of checked) {
        expect(after).toBeGreaterThanOrEqual(before)
        for (let instant = before; instant < after; instant += 10 * SECOND) {
          const wasRead = readings.some(
            ({ from, to, readAt }) => from <= instant && instant <= to && readAt - LOOK_BACK >= instant,
          )
          expect(wasRead, new Date(instant).toISOString()).toBe(true)
        }
      }
    }),
  )
})

test('an answer that ends early covers the window only so far', () => {
  const window = { from: minutesAgo(60), to: minutesAgo(0) }
  expect(served(window, undefined)).toEqual(window)
  expect(served(window, 'soon')).toEqual(window)
  expect(served(window, '2026-11-22T10:07:00Z')).toEqual(window)
  expect(served(window, '2026-11-22T09:30:00.900Z')).toEqual({ from: window.from, to: minutesAgo(30) })
  expect(() => served(window, '2026-11-22T09:00:00Z')).toThrow(
    'is not in the window 2026-11-22T09:00:00Z/2026-11-22T10:00:00Z',
  )
})

test('a queryEndTime is a time in UTC, or none', () => {
  const at = Date.parse('2026-11-22T10:07:00Z')
  for (const text of [
    '2026-11-22T10:07:00Z',
    '2026-11-22T10:07:00.900Z',
    '2026-11-22T10:07:00',
    '2026-11-22T11:07:00+01:00',
    '2026-11-22T10:07:00.000+0000',
  ])
    expect(timeOfEnd(text), text).toBe(at)
  for (const text of [undefined, '', 'soon', 'error 5', '5', '2026-11-31T25:00:00Z'])
    expect(timeOfEnd(text), text).toBeUndefined()
})

test('a window too far in the past is clamped to seven days less a margin that grows', () => {
  const window = { from: minutesAgo(0) - 9 * DAY, to: minutesAgo(0) - 9 * DAY + HOUR_MS }
  for (const text of [
    'The requested start time is too far into the past. Requests for information up to 7.00d are accepted',
    'The sinceTime parameter gives a time too far into the past',
  ]) {
    const first = repair(window, text, NOW, 0)!
    expect(first).toEqual({ from: minutesAgo(-5) - 7 * DAY, to: minutesAgo(-65) - 7 * DAY })
    expect(repair(first, text, NOW, 1)).toEqual({
      from: minutesAgo(-10) - 7 * DAY,
      to: minutesAgo(-70) - 7 * DAY,
    })
  }
  expect(repair({ from: minutesAgo(60), to: minutesAgo(0) }, 'too far into the past', NOW, 0)).toBeUndefined()
})

test('where two times differ, the earlier one clamps first, and then the time of the server', () => {
  const window = { from: minutesAgo(0) - 9 * DAY, to: minutesAgo(0) - 9 * DAY + HOUR_MS }
  const text = 'too far into the past'
  const [server, earlier] = [NOW + 3 * DAY, NOW]
  const beginOf = (attempt: number, from = window.from) =>
    repair({ ...window, from }, text, server, attempt, earlier)?.from
  expect(beginOf(0)).toBe(minutesAgo(-5) - 7 * DAY)
  expect(beginOf(0, minutesAgo(0) - 6 * DAY)).toBe(minutesAgo(-5) - 4 * DAY)
  expect(beginOf(1)).toBe(minutesAgo(-10) - 4 * DAY)
})

test('a window that is too short begins earlier', () => {
  const text = 'The requested interval is too short. Requests must be for at least 30.00s of data'
  const window = { from: minutesAgo(0.5), to: minutesAgo(0) }
  expect(repair(window, text, NOW, 0)).toEqual({ from: minutesAgo(1), to: minutesAgo(0) })
  expect(repair(window, text, NOW, 1)).toEqual({ from: minutesAgo(2), to: minutesAgo(0) })
})

test('a window that is still current ends earlier, and is never under 30 s', () => {
  const text = 'The requested interval is still current.'
  const long = { from: minutesAgo(45), to: minutesAgo(0.5) }
  expect(repair(long, text, NOW, 0)).toEqual({ from: long.from, to: minutesAgo(0.5) - SECOND })
  expect(repair(long, text, NOW, 1)).toEqual({ from: long.from, to: minutesAgo(1) })
  const ahead = { from: minutesAgo(-100), to: minutesAgo(-101) }
  expect(repair(ahead, text, NOW, 0)).toEqual({ from: minutesAgo(1), to: minutesAgo(0.5) })
})

test('other refusals cannot be repaired', () => {
  for (const text of ['', 'no']) {
    expect(repair({ from: minutesAgo(60), to: minutesAgo(0) }, text, NOW, 0)).toBeUndefined()
  }
})

test('intervals are written in whole seconds', () => {
  expect(interval({ from: minutesAgo(60), to: NOW })).toBe('2026-11-22T09:00:00Z/2026-11-22T10:00:00Z')
})
