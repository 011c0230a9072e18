import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/clock.ts'
import { KnownError } from '../../../src/errors.ts'
import { type Budget, governor, type Purpose } from '../../../src/proofpoint/tap/budget.ts'
import { eventClock } from '../../support/event-clock.ts'
import { steppedClock } from '../../support/tap-clock.ts'
import { budgetOf, DAY, HOUR, MINUTE, NOW, SECOND } from '../../support/tap-reader.ts'

const never = new AbortController().signal

function governed(dailyRequests = 1800, backfillShare = 0.1) {
  const clock = steppedClock(NOW)
  const budget = budgetOf(clock)
  return { clock, budget, turns: governor(clock, budget, { dailyRequests, backfillShare }) }
}

/** Counts by the minute, as the state does, in memory. */
function minuteBudget(clock: Pick<Clock, 'now'>): Budget {
  const times: Record<Purpose, number[]> = { live: [], repair: [], backfill: [] }
  const count = (purpose: Purpose, from: number) => {
    const first = times[purpose].findLastIndex(at => at < from) + 1
    return times[purpose].length - first
  }
  return {
    spend: purpose => void times[purpose].push(clock.now()),
    spentSince(ms) {
      const from = Math.floor(ms / MINUTE) * MINUTE
      return { live: count('live', from), repair: count('repair', from), backfill: count('backfill', from) }
    },
  }
}

interface World {
  /** Between two requests of a purpose, where it is let; a purpose that is left out asks nothing. */
  readonly every: Partial<Record<Purpose, number>>
  readonly dailyRequests?: number
  /** What TAP says to a request, besides the quota of its own. */
  readonly refuses?: (at: number) => boolean
}

/** Lets some days pass: each purpose asks in a loop of its own. */
async function days(count: number, { every, dailyRequests = 1800, refuses = () => false }: World) {
  const clock = eventClock(NOW)
  const turns = governor(clock, minuteBudget(clock), { dailyRequests, backfillShare: 0.1 })
  const stop = new AbortController()
  const made: { at: number; purpose: Purpose }[] = []
  const ask = async (purpose: Purpose, pause: number) => {
    while (!stop.signal.aborted) {
      try {
        if (!(await turns.take(purpose, stop.signal))) return
        made.push({ at: clock.now(), purpose })
        if (refuses(clock.now())) throw new KnownError('tap-quota', 'HTTP 429', { afterMs: turns.refused() })
        turns.answered()
        await clock.sleep(pause, stop.signal)
      } catch (error) {
        if (!(error instanceof KnownError)) throw error
        await clock.sleep(error.afterMs ?? 0, stop.signal)
      }
    }
  }
  const asking = Object.entries(every).map(([purpose, pause]) => ask(purpose as Purpose, pause))
  await clock.run(NOW + count * DAY)
  stop.abort()
  await Promise.all(asking)
  const between = (purpose: Purpose, from: number, to: number) =>
    made.filter(one => one.purpose === purpose && one.at >= from && one.at < to).length
  /** The most requests of any 24 hours. */
  const most = made.reduce((greatest, { at }, i) => {
    const first = made.findIndex(one => one.at > at - DAY)
    return Math.max(greatest, i - first + 1)
  }, 0)
  const pauses = made
    .filter(one => one.purpose === 'live')
    .map(({ at }, i, all) => at - (all[i - 1]?.at ?? at))
  return { made, between, most, longestPause: Math.max(...pauses) }
}

describe('the request governor', () => {
  it('does not slow down a poll a minute with a sweep an hour', async () => {
    const { between, longestPause } = await days(2, { every: { live: MINUTE, repair: HOUR } })
    expect(between('live', NOW + DAY, NOW + 2 * DAY)).toBeGreaterThan(1400)
    expect(between('repair', NOW + DAY, NOW + 2 * DAY)).toBeGreaterThanOrEqual(23)
    expect(longestPause).toBeLessThan(2 * MINUTE)
  })

  it('keeps the quota of any 24 hours, however fast everybody asks', async () => {
    const hungry = { live: 30 * SECOND, repair: SECOND, backfill: SECOND }
    const { most, between } = await days(2, { every: hungry })
    expect(most).toBeLessThanOrEqual(1800)
    expect(between('backfill', NOW, NOW + DAY)).toBe(180)
    expect(between('live', NOW + DAY, NOW + 2 * DAY)).toBeGreaterThan(1400)
    expect(between('repair', NOW + DAY, NOW + 2 * DAY)).toBeGreaterThanOrEqual(24)
  })

  it('lets a backfill of seven days through in one day, and polls do not feel it', async () => {
    const { between, longestPause } = await days(2, {
      every: { live: MINUTE, repair: HOUR, backfill: SECOND },
    })
    expect(between('backfill', NOW, NOW + HOUR)).toBe(180)
    expect(between('backfill', NOW + HOUR, NOW + DAY)).toBe(0)
    expect(between('backfill', NOW + DAY, NOW + 2 * DAY)).toBe(180)
    expect(between('live', NOW + DAY, NOW + 2 * DAY)).toBeGreaterThan(1400)
    expect(longestPause).toBeLessThan(2 * MINUTE)
  })

  it('leaves its share to backfill, also when polls have used up all of theirs', async () => {
    const { clock, budget, turns } = governed()
    for (let i = 0; i < 1620; i++) budget.spend('live')
    await expect(turns.take('live', never)).rejects.toMatchObject({ code: 'tap-quota' })
    for (let i = 0; i < 180; i++) expect(await turns.take('backfill', never)).toBe(true)
    expect(clock.now()).toBe(NOW)
    await turns.take('backfill', never)
    expect(clock.now() - NOW).toBeGreaterThan(DAY - MINUTE)
  })

  it('lets a backlog through at once, and spreads what it leaves over the day', async () => {
    const { clock, turns } = governed()
    for (let i = 0; i <= 810; i++) await turns.take('live', never)
    expect(clock.now()).toBe(NOW)
    for (let i = 0; i < 500; i++) {
      const before = clock.now()
      await turns.take('live', never)
      expect(clock.now() - before).toBeGreaterThan(50 * SECOND)
      expect(clock.now() - before).toBeLessThan(5 * MINUTE)
    }
  })

  it('slows polls that come too fast down long before the quota is met, and never leaves a long pause', async () => {
    const { most, longestPause } = await days(2, { every: { live: 30 * SECOND } })
    expect(most).toBeLessThanOrEqual(1620)
    expect(most).toBeGreaterThan(1500)
    expect(longestPause).toBeLessThan(2 * MINUTE)
  })

  it('gives repairs all hours that TAP keeps in a day, and no more', async () => {
    const { clock, turns } = governed()
    for (let i = 0; i < 162; i++) await turns.take('repair', never)
    expect(clock.now()).toBe(NOW)
    await turns.take('repair', never)
    expect(clock.now() - NOW).toBeGreaterThan(DAY - HOUR)
  })

  it('keeps repairs to one an hour where polls need nearly all', async () => {
    const { clock, budget, turns } = governed()
    for (let i = 0; i < 1550; i++) budget.spend('live')
    for (let i = 0; i < 24; i++) await turns.take('repair', never)
    expect(clock.now() - NOW).toBeLessThan(HOUR)
    await turns.take('repair', never)
    expect(clock.now() - NOW).toBeGreaterThan(DAY - HOUR)
  })

  it('says when all requests are made, and for whom', async () => {
    const { budget, turns } = governed(40)
    for (let i = 0; i < 30; i++) budget.spend('live')
    for (let i = 0; i < 6; i++) budget.spend('repair')
    await expect(turns.take('live', never)).rejects.toMatchObject({
      code: 'tap-quota',
      message: 'all 36 requests of the last 24 hours are made (30 polls, 6 to read hours again)',
      afterMs: HOUR / 4,
    })
    expect(budget.spent.length).toBe(36)
  })

  it('believes a refusal over its own count: nobody asks for a while, longer each time, then polls first', async () => {
    const outage = (at: number) => at >= NOW + 2 * HOUR && at < NOW + 6 * HOUR
    const { made } = await days(1, {
      every: { live: MINUTE, repair: 10 * MINUTE, backfill: 10 * MINUTE },
      refuses: outage,
    })
    const during = made.filter(({ at }) => outage(at))
    const first = during[0]?.at ?? 0
    expect(during.map(({ at }) => (at - first) / MINUTE)).toEqual([0, 15, 45, 105, 225])
    expect(during.slice(1).every(({ purpose }) => purpose === 'live')).toBe(true)
    const after = made.filter(({ at }) => at >= NOW + 6 * HOUR)
    const begins = (wanted: Purpose) => after.find(({ purpose }) => purpose === wanted)?.at ?? 0
    expect(begins('repair') - begins('live')).toBeGreaterThanOrEqual(HOUR - MINUTE)
    expect(begins('backfill')).toBeGreaterThanOrEqual(begins('live') + HOUR - MINUTE)
  })

  it('begins anew after an answer', () => {
    const { turns } = governed()
    expect([1, 2, 3, 4, 5].map(() => turns.refused())).toEqual([HOUR / 4, HOUR / 2, HOUR, 2 * HOUR, 2 * HOUR])
    turns.answered()
    expect(turns.refused()).toBe(HOUR / 4)
  })

  it('does not wait for a clock that was set back', async () => {
    const { clock, turns } = governed()
    turns.refused()
    clock.step(-DAY)
    await turns.take('backfill', never)
    expect(clock.now()).toBe(NOW - DAY)
  })

  it('counts no request for which a wait was ended', async () => {
    const { clock, budget, turns } = governed()
    for (let i = 0; i < 1600; i++) budget.spend('live')
    expect(await turns.take('live', AbortSignal.abort())).toBe(false)
    expect(clock.now()).toBe(NOW)
    expect(budget.spent).toHaveLength(1600)
  })
})
