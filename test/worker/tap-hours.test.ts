/** The hours of TAP when the worker is killed, its state is damaged or its clock is ahead. Whole processes. */
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { HOUR_MS, hourOf } from '../../src/clock.ts'
import { elementOf, rehearsedTap } from '../support/rehearsed-tap.ts'
import { answerText } from '../support/tap-server.ts'
import { logOf } from '../support/worker.ts'

const MINUTE = 60_000
const soon = { timeout: 45_000, interval: 100 }
const TEST_MS = 90_000
const BEGIN = Date.parse('2026-11-22T06:20:00Z')
/** At three o'clock, or so many hours later. */
const three = (hours = 0) => Date.parse('2026-11-22T03:00:00Z') + hours * HOUR_MS

it('a worker that is killed while it reads an hour again goes on: nothing of it is missing or comes twice', {
  timeout: TEST_MS,
}, async () => {
  const late = Array.from({ length: 120 }, (_, i) => ({
    id: `late-${i}`,
    created: three() + i,
    text: 'x'.repeat(65_536),
  }))
  const hanging = { is: true }
  const { run, hour, delivered, tap } = await rehearsedTap({
    begin: BEGIN,
    env: { PROOFPOINT_START: new Date(three(-2) + 20 * MINUTE).toISOString(), PROOFPOINT_TAP_SWEEP: '1h' },
    instead({ from, to }, response) {
      const isSweep = from === three() && to === three(1)
      if (!isSweep) return false
      const answer = answerText({ messagesBlocked: late.map(elementOf) }, to)
      if (hanging.is) response.write(answer.slice(0, answer.length - 1_000_000))
      else response.end(answer)
      return true
    },
  })
  const killed = run()
  // Until nothing moves any more: what is accepted and not committed would rightly come twice.
  let before = 0
  const hasMoved = async () => {
    const last = before
    before = (await hour(three())).repaired ?? 0
    return before === 0 || before > last
  }
  await expect.poll(hasMoved, { ...soon, interval: 500 }).toBe(false)
  expect(delivered()).toHaveLength(before)
  expect(before).toBeLessThan(late.length)
  killed.signal('SIGKILL')
  await killed.ended
  expect(await hour(three())).toMatchObject({ state: 'live', repaired: before })
  hanging.is = false
  const running = run()
  await expect.poll(async () => (await hour(three())).state, soon).toBe('verified')
  running.signal('SIGTERM')
  expect(await running.ended).toBe(0)
  expect(delivered().toSorted()).toEqual(late.map(({ id }) => id).toSorted())
  expect(tap.asked.filter(({ from, to }) => from === three() && to === three(1))).toHaveLength(2)
})

it('after its state was set aside the hours around that are read anew, also without a sweep', {
  timeout: TEST_MS,
}, async () => {
  const { run, hour, delivered, events, clock, state } = await rehearsedTap({
    begin: BEGIN,
    env: { PROOFPOINT_TAP_SWEEP: 'off' },
    held: [{ id: 'before', created: BEGIN - 20 * MINUTE }],
  })
  const first = run()
  await expect.poll(() => delivered(), soon).toEqual(['before'])
  first.signal('SIGTERM')
  expect(await first.ended).toBe(0)
  const changedAt = clock.now()
  const file = join(state, 'state.sqlite')
  writeFileSync(file, 'garbage '.repeat(5_000))
  utimesSync(file, changedAt / 1_000, changedAt / 1_000)
  events.push({ id: 'meanwhile', created: changedAt })
  const running = run()
  await expect.poll(() => delivered().toSorted(), soon).toEqual(['before', 'before', 'meanwhile'])
  expect(logOf(running).filter(({ code }) => code === 'state-set-aside')).toHaveLength(1)
  for (const ms of [changedAt - HOUR_MS, changedAt])
    await expect.poll(async () => (await hour(hourOf(ms))).state, soon).toBe('live')
  running.signal('SIGTERM')
  expect(await running.ended).toBe(0)
})

it("while our clock is ahead, an hour is read again when it is time by TAP's", {
  timeout: TEST_MS,
}, async () => {
  const { run, hour, delivered } = await rehearsedTap({
    begin: BEGIN,
    behindMs: 2 * HOUR_MS - 20 * MINUTE,
    env: { PROOFPOINT_START: new Date(three() + 20 * MINUTE).toISOString(), PROOFPOINT_TAP_SWEEP: '90m' },
    held: [{ id: 'late', created: three() + 50 * MINUTE, indexed: three(2) + 20 * MINUTE }],
  })
  const running = run()
  await expect.poll(async () => (await hour(three())).state, soon).toBe('verified')
  running.signal('SIGTERM')
  expect(await running.ended).toBe(0)
  expect(delivered()).toEqual(['late'])
  expect(logOf(running).filter(({ code }) => code === 'tap-late')).toHaveLength(1)
})
