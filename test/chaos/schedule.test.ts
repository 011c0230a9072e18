import { describe, expect, it } from 'vitest'
import { playingOf } from './round.ts'
import { FIVE_HOURS_MS, FORTY_DAYS_MS, scheduleText } from './schedule.ts'

const MINUTE_MS = 60_000
const seeds = Array.from({ length: 40 }, (_, i) => i + 1)

describe('a schedule', () => {
  it('is the same for the same seed, and another for another one', () => {
    const texts = seeds.map(seed => scheduleText(playingOf(seed, 15).schedule))
    expect(seeds.map(seed => scheduleText(playingOf(seed, 15).schedule))).toEqual(texts)
    expect(new Set(texts).size).toBe(seeds.length)
  })

  it('has every kind of act, every fault of the Collector, and as many kills as asked for', () => {
    for (const seed of seeds) {
      const acts = playingOf(seed, 15).schedule.map(step => step.act)
      expect(acts.filter(({ act }) => act === 'kill the worker')).toHaveLength(15)
      expect(new Set(acts.map(({ act }) => act)).size).toBe(13)
      const faults = acts.flatMap(act => (act.act === 'Collector fault' ? [act.fault] : []))
      expect(new Set(faults)).toEqual(new Set(['503', '429', 'hang', 'reset', 'lost answer']))
    }
  })

  it('has the absences on both sides of the hour for which Proofpoint keeps a place', () => {
    for (const seed of seeds) {
      const away = playingOf(seed, 15).schedule.flatMap(({ act }) =>
        act.act === 'absence' ? [act.awayMs] : [],
      )
      expect(away).toEqual(expect.arrayContaining([5 * MINUTE_MS, 59 * MINUTE_MS, 61 * MINUTE_MS]))
      expect(away).toContain(seed % 4 === 0 ? FORTY_DAYS_MS : FIVE_HOURS_MS)
    }
  })

  it('comes in worlds of both token set-ups, and both kinds of archive', () => {
    const said = seeds.map(seed => playingOf(seed, 15).settings.said).join('\n')
    expect(said).toMatch(/archive token/)
    expect(said).toMatch(/the archive moves the live place/)
    expect(said).toMatch(/the archive leaves the live place/)
  })
})
