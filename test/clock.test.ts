import { describe, expect, it } from 'vitest'
import { hourOf, parseRehearsal, parseTime, real, rehearsalClock } from '../src/clock.ts'

describe('the rehearsal clock', () => {
  it('runs as many times faster from its anchor', () => {
    let now = Date.parse('2026-11-22T02:00:00Z')
    const clock = rehearsalClock(parseRehearsal('60x@2026-11-22T02:00:00Z')!, {
      now: () => now,
      sleep: real.sleep,
    })
    expect(new Date(clock.now()).toISOString()).toBe('2026-11-22T02:00:00.000Z')
    now += 60_000
    expect(new Date(clock.now()).toISOString()).toBe('2026-11-22T03:00:00.000Z')
  })

  it('maps a real anchor to a virtual one of another day', () => {
    const clock = rehearsalClock(parseRehearsal('10x@2026-01-01T00:00:00Z/2026-11-22T00:00:00Z')!, {
      now: () => Date.parse('2026-11-22T00:00:06Z'),
      sleep: real.sleep,
    })
    expect(new Date(clock.now()).toISOString()).toBe('2026-01-01T00:01:00.000Z')
  })

  it('sleeps as much shorter', async () => {
    const asked: number[] = []
    const base = { now: () => 0, sleep: async (ms: number) => void asked.push(ms) }
    await rehearsalClock({ factor: 60, virtualAnchor: 0, realAnchor: 0 }, base).sleep(3_600_000)
    expect(asked).toEqual([60_000])
  })

  it('refuses what is not of its form', () => {
    for (const text of [
      '',
      '60x',
      'x@2026-11-22T02:00:00Z',
      '0x@2026-11-22T02:00:00Z',
      '60x@yesterday',
      '60x@2026-11-22T02:00:00',
      '60x@2026-11-22T02:00:00Z/never',
    ])
      expect(parseRehearsal(text), text).toBeUndefined()
  })
})

describe('a time that is given', () => {
  const time = Date.parse('2026-11-22T02:00:00Z')

  it('is read with Z or an offset, and as a UTC day', () => {
    expect(parseTime('2026-11-22T02:00:00Z')).toBe(time)
    expect(parseTime('2026-11-22T02:00Z')).toBe(time)
    expect(parseTime('2026-11-22T04:30:00.250+02:30')).toBe(time + 250)
    expect(parseTime('2026-11-22')).toBe(time - 2 * 3_600_000)
  })

  it.each([
    '',
    '1',
    'yesterday',
    '2026-11-22T02:00:00',
    '2026-11-22 02:00:00Z',
    '22 Nov 2026 02:00',
    '2026-02-30T02:00:00Z',
    '2026-11-22T25:00:00Z',
  ])('is not guessed from %j', text => {
    expect(parseTime(text)).toBeUndefined()
  })
})

it('an aborted sleep resolves at once instead of rejecting', async () => {
  const stop = new AbortController()
  const slept = real.sleep(2 ** 40, stop.signal)
  stop.abort()
  await expect(slept).resolves.toBeUndefined()
  await expect(real.sleep(2 ** 40, stop.signal)).resolves.toBeUndefined()
})

it('hours begin on the full UTC hour, before 1970 too', () => {
  expect(hourOf(Date.parse('2026-11-22T02:59:59.999Z'))).toBe(Date.parse('2026-11-22T02:00:00Z'))
  expect(hourOf(-1)).toBe(-3_600_000)
})
