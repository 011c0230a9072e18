import { expect, test } from 'vitest'
import { governor } from '../../../src/proofpoint/tap/budget.ts'
import { steppedClock } from '../../support/tap-clock.ts'
import { budgetOf, DAY, HOUR, MINUTE, NOW, SECOND } from '../../support/tap-reader.ts'

const never = new AbortController().signal

test('a day of one request a minute is not slowed down', async () => {
  const clock = steppedClock(NOW)
  const turns = governor(clock, budgetOf(clock), 1800)
  for (let i = 0; i < 2 * 1440; i++) {
    await turns.take(never)
    await clock.sleep(MINUTE)
  }
  expect(clock.now() - NOW).toBe(2 * DAY)
})

test('requests that come too fast are slowed down before the quota is met', async () => {
  const clock = steppedClock(NOW)
  const budget = budgetOf(clock)
  const turns = governor(clock, budget, 1800)
  while (clock.now() < NOW + 3 * DAY) {
    expect(await turns.take(never)).toBe(true)
    await clock.sleep(30 * SECOND)
    expect(budget.spentSince(clock.now() - DAY)).toBeLessThanOrEqual(1800)
  }
})

test('a backlog takes nine tenths of the quota at once and leaves the rest for the day', async () => {
  const clock = steppedClock(NOW)
  const turns = governor(clock, budgetOf(clock), 1800)
  for (let i = 0; i < 1620; i++) await turns.take(never)
  expect(clock.now()).toBe(NOW)
  await turns.take(never)
  expect(clock.now() - NOW).toBe(48 * SECOND)
})

test('when all requests are made the error says so', async () => {
  const clock = steppedClock(NOW)
  const budget = budgetOf(clock)
  for (let i = 0; i < 20; i++) budget.spend()
  const turns = governor(clock, budget, 20)
  await expect(turns.take(never)).rejects.toMatchObject({
    code: 'tap-quota',
    message: 'all 20 requests of the last 24 hours are made',
  })
  expect(budget.spent.length).toBe(20)
})

test('a quota that stays met is asked again ever more slowly, and at once after an answer', () => {
  const turns = governor(steppedClock(NOW), budgetOf(steppedClock(NOW)), 1800)
  expect([1, 2, 3, 4, 5].map(() => turns.refused())).toEqual([HOUR / 4, HOUR / 2, HOUR, 2 * HOUR, 2 * HOUR])
  turns.answered()
  expect(turns.refused()).toBe(HOUR / 4)
})

test('stop ends a wait without counting a request', async () => {
  const clock = steppedClock(NOW)
  const budget = budgetOf(clock)
  const turns = governor(clock, budget, 1800)
  for (let i = 0; i < 1700; i++) budget.spend()
  budget.spent.length = 1700
  expect(await turns.take(AbortSignal.abort())).toBe(false)
  expect(clock.now()).toBe(NOW)
  expect(budget.spent).toHaveLength(1700)
})
