import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../src/clock.ts'
import { arrivalsIn } from './arrivals.ts'
import type { Existing } from './simulated.ts'
import { holds, judge, type ReportedHour } from './verdict.ts'

const from = Date.parse('2026-11-22T03:00:00Z')
const span = { from, to: from + 2 * HOUR_MS }
const world = { begin: from, end: span.to }
const event = (identity: string, hour = 0) => ({
  stream: 'message' as const,
  identity,
  at: from + hour * HOUR_MS,
})
const hour = (of: number, state: string, covered = false, days = 31): ReportedHour => ({
  hour: `2026-11-22T0${3 + of}:00Z`,
  state,
  covered,
  changes: ['suspect', state].map(state => ({ at: new Date(from + days * DAY_MS).toISOString(), state })),
})

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'verdict-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const proofpoint = (events: readonly (Existing & { at: number })[]) => ({
  async *existing(fromMs: number, toMs: number) {
    yield* events.filter(({ at }) => at >= fromMs && at < toMs)
  },
})

/** Lines as the Collector's file exporter writes them. */
function arrive(...records: readonly (readonly [guid: string, uid: string])[]): void {
  const logRecords = records.map(([guid, uid]) => ({
    eventName: 'proofpoint.pod.message',
    body: { stringValue: JSON.stringify({ guid }) },
    attributes: [{ key: 'log.record.uid', value: { stringValue: uid } }],
  }))
  const line = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
  appendFileSync(join(directory, 'ledger'), `${line}\n`)
}

async function verdict(
  events: readonly (Existing & { at: number })[],
  hours: readonly ReportedHour[],
  openDeadLetters = 0,
) {
  const arrivals = arrivalsIn(join(directory, 'ledger'))
  arrivals.read()
  const report = { openDeadLetters, streams: [{ stream: 'pod/message@example_hosted', hours }] }
  return await judge(span, report, arrivals, proofpoint(events), world)
}

describe('the verdict', () => {
  it('holds when all that existed arrived, repeated or not', async () => {
    arrive(['a', '1'], ['b', '2'])
    arrive(['a', '1'])
    const found = await verdict([event('a'), event('b', 1)], [hour(0, 'verified'), hour(1, 'live', true)])
    expect(found).toMatchObject({ existed: 2, records: 3, missing: [], repaired: 1, open: 0 })
    expect(found.repeatedShare).toBeCloseTo(1 / 3)
    expect(holds(found)).toBe(true)
  })

  it('finds an event that did not arrive in an hour that is said to be proven', async () => {
    arrive(['a', '1'])
    const found = await verdict([event('a'), event('b', 1)], [hour(0, 'verified'), hour(1, 'verified')])
    expect(found.missing).toEqual(['message b'])
    expect(holds(found)).toBe(false)
  })

  it('lets an event be missing in an hour that is named as lost', async () => {
    arrive(['a', '1'])
    const found = await verdict([event('a'), event('b', 1)], [hour(0, 'verified'), hour(1, 'lost')])
    expect(found).toMatchObject({ missing: [], named: 1, givenUp: 0 })
    expect(holds(found)).toBe(true)
  })

  it('does not hold when an hour was given up that the archive still had', async () => {
    arrive(['a', '1'])
    const found = await verdict([event('a')], [hour(0, 'verified'), hour(1, 'lost', false, 29)])
    expect(found).toMatchObject({ missing: [], givenUp: 1 })
    expect(holds(found)).toBe(false)
  })

  it('does not hold while an hour is open, even if all arrived', async () => {
    arrive(['a', '1'])
    const suspect = await verdict([event('a')], [hour(0, 'verified'), hour(1, 'suspect')])
    const uncovered = await verdict([event('a')], [hour(0, 'verified'), hour(1, 'live')])
    expect([suspect.open, uncovered.open]).toEqual([1, 1])
    expect([suspect, uncovered].some(holds)).toBe(false)
  })

  it('does not hold with a uid that changed, a uid of two events, a stranger, or a dead letter', async () => {
    const proven = [hour(0, 'verified'), hour(1, 'verified')]
    arrive(['a', '1'], ['a', '2'])
    const changed = await verdict([event('a')], proven)
    arrive(['b', '1'])
    const shared = await verdict([event('a'), event('b')], proven)
    expect(changed.wrong).toEqual(['message a: 1 and 2'])
    expect(shared.wrong).toContainEqual('1: message a and message b')
    expect((await verdict([event('a')], proven)).wrong).toContainEqual('message b never existed')
    expect(holds(await verdict([event('a'), event('b')], proven, 1))).toBe(false)
  })
})
