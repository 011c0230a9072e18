import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { tapArchive } from '../../src/proofpoint/tap/archive.ts'
import { begun, DAY, MINUTE, plusHours, START, STREAM } from './begun.ts'
import { live, never, receiptOf, repair } from './receipts.ts'

describe('what is due', () => {
  it('is the oldest suspect hour, 45 minutes after its end', () => {
    const { ledger, clock, open } = begun()
    expect(ledger.due(clock.now(), 'suspect')).toBeUndefined()
    open()
    ledger.suspectBetween(plusHours(1), plusHours(3), 'asked for')
    expect(ledger.nextDueAt('suspect')).toBe(plusHours(2) + 45 * MINUTE)
    expect(ledger.due(plusHours(2) + 45 * MINUTE - 1, 'suspect')).toBeUndefined()
    expect(ledger.due(plusHours(2) + 45 * MINUTE, 'suspect')).toEqual({
      hour: plusHours(1),
      purpose: 'repair',
    })
    expect(ledger.due(plusHours(9), 'suspect')).toEqual({ hour: plusHours(1), purpose: 'repair' })
  })

  it('waits for events that come later than an hour', async () => {
    const { ledger, clock, open, commit } = begun()
    open()
    clock.moveTo(plusHours(3))
    await commit(START)
    ledger.suspectBetween(plusHours(1), plusHours(2), 'asked for')
    expect(ledger.nextDueAt('suspect')).toBe(plusHours(2) + 45 * MINUTE + 2 * HOUR_MS)
  })

  it('is a live hour that was asked for while it lasted, when live delivery has brought its latest events: one read is enough', async () => {
    const { ledger, clock, read, open, commit } = begun()
    open()
    clock.moveTo(START + 20 * MINUTE)
    expect(ledger.ask(START, plusHours(1))).toBe(1)
    const due = plusHours(2) + 5 * MINUTE
    expect(ledger.nextDueAt('never')).toBe(due)
    clock.moveTo(due - MINUTE)
    await commit(due - MINUTE)
    clock.moveTo(due)
    expect(ledger.due(due, 'never')).toEqual({ hour: START, purpose: 'backfill' })
    expect(await read(START, [])).toMatchObject({ state: 'verified' })
  })

  it('goes on to the next hour while one waits for its next read', async () => {
    const { ledger, clock, read, open } = begun()
    open()
    clock.moveTo(plusHours(9))
    ledger.suspectBetween(plusHours(1), plusHours(3), 'asked for')
    await read(plusHours(1), [], 'broken')
    expect(ledger.due(clock.now(), 'suspect')).toEqual({ hour: plusHours(2), purpose: 'repair' })
    expect(ledger.due(clock.now() + 15 * MINUTE, 'suspect')).toEqual({
      hour: plusHours(1),
      purpose: 'repair',
    })
  })

  it('is every hour that ended, if all are to be repaired; a broken read leaves a live one live', async () => {
    const { ledger, clock, read, open, commit, states } = begun()
    open()
    clock.moveTo(plusHours(3.1))
    await commit(plusHours(3))
    clock.moveTo(plusHours(9))
    expect(ledger.due(clock.now(), 'suspect')).toBeUndefined()
    expect(ledger.due(clock.now(), 'always')).toEqual({ hour: START, purpose: 'repair' })
    await read(START, [], 'broken')
    expect(states()[0]).toBe('0 live')
    expect(ledger.due(clock.now(), 'always')).toEqual({ hour: plusHours(1), purpose: 'repair' })
    expect(await read(START, [])).toMatchObject({ state: 'verified' })
    expect(ledger.due(clock.now() + DAY, 'always')).toEqual({ hour: plusHours(1), purpose: 'repair' })
  })

  it('is nothing once the archive does not serve the stream; nothing is lost by that', () => {
    const { ledger, open } = begun()
    open()
    ledger.suspectBetween(plusHours(1), plusHours(3), 'asked for')
    ledger.unsupported('HTTP 400')
    expect(ledger.due(plusHours(9), 'suspect')).toBeUndefined()
    expect(ledger.expire(START + 40 * DAY)).toEqual([])
  })

  it('is lost after 30 days, said once', () => {
    const { ledger, clock, open, states } = begun()
    open()
    clock.moveTo(START + 40 * DAY)
    open()
    const lost = ledger.expire(clock.now())
    expect(lost[0]).toBe(START)
    expect(lost.at(-1)).toBe(START + 10 * DAY)
    expect(lost).toHaveLength(10 * 24 + 1)
    expect(ledger.expire(clock.now())).toEqual([])
    expect(ledger.due(clock.now(), 'suspect')).toEqual({
      hour: START + 10 * DAY + HOUR_MS,
      purpose: 'repair',
    })
    expect(states()[0]).toBe('0 lost')
  })
})

describe('what is due of a stream that is polled', () => {
  const TAP = 'tap@test'

  it('is each hour once, so long after its end as was said, if all are to be read again', () => {
    const { state, clock } = begun()
    const ledger = state.ledger(TAP, tapArchive(6 * HOUR_MS))
    state.startedAt(TAP)
    ledger.settled(plusHours(2.2))
    expect(ledger.nextDueAt('suspect')).toBeUndefined()
    expect(ledger.nextDueAt('always')).toBe(plusHours(7))
    expect(ledger.due(plusHours(7) - 1, 'always')).toBeUndefined()
    clock.moveTo(plusHours(8))
    for (const hour of [START, plusHours(1)]) {
      expect(ledger.due(clock.now(), 'always')).toEqual({ hour, purpose: 'repair' })
      expect(ledger.endRead(ledger.beginRead(hour), 'complete')).toMatchObject({ state: 'verified' })
    }
    expect(ledger.due(plusHours(100), 'always')).toBeUndefined()
    expect(ledger.nextDueAt('always')).toBeUndefined()
  })

  it('is an hour again whose read broke', () => {
    const { state, clock } = begun()
    const ledger = state.ledger(TAP, tapArchive(6 * HOUR_MS))
    state.startedAt(TAP)
    ledger.settled(plusHours(1))
    clock.moveTo(plusHours(8))
    ledger.endRead(ledger.beginRead(START), 'broken')
    expect(ledger.due(clock.now(), 'always')).toBeUndefined()
    expect(ledger.nextDueAt('always')).toBe(clock.now() + 15 * MINUTE)
  })
})

describe('a read', () => {
  it('does not count when a restart broke it', async () => {
    const { ledger, clock, read, open, restart, state } = begun()
    open()
    ledger.suspectBetween(plusHours(1), plusHours(2), 'asked for')
    clock.moveTo(plusHours(3))
    await read(plusHours(1), [`${plusHours(1)}:a`])
    clock.moveTo(plusHours(4))
    const id = ledger.beginRead(plusHours(1))
    await state.commit(repair(STREAM), await receiptOf([`${plusHours(1)}:a`], { read: id }), never)
    const second = restart()
    second.clock.moveTo(plusHours(5))
    expect(second.ledger.endRead(id, 'complete')).toMatchObject({ state: 'suspect' })
    expect(await second.read(plusHours(1), [`${plusHours(1)}:a`])).toMatchObject({ state: 'suspect' })
    second.clock.moveTo(plusHours(6))
    expect(await second.read(plusHours(1), [`${plusHours(1)}:a`])).toMatchObject({ state: 'verified' })
  })

  it('does not move the cursor of the live lane, and finds none of its own', async () => {
    const { state } = begun()
    await state.commit(live(STREAM), await receiptOf([], { cursor: { at: 1 } }), never)
    await state.commit(repair(STREAM), await receiptOf([], { cursor: { at: 2 } }), never)
    expect(state.cursor(live(STREAM))).toEqual({ at: 1 })
    expect(state.cursor(repair(STREAM))).toBeUndefined()
  })

  it('that brings what did not come live makes a covered hour suspect, though it broke, until three agree', async () => {
    const { ledger, clock, read, open, commit, states } = begun()
    open()
    clock.moveTo(plusHours(1))
    await commit(START)
    clock.moveTo(plusHours(2))
    await commit(plusHours(2))
    clock.moveTo(plusHours(3))
    const held = [`${START}:0 at ${plusHours(1)}`, `${START + MINUTE}:never came live`]
    expect(await read(START, held, 'broken')).toMatchObject({ state: 'suspect', missed: 1 })
    expect(states(START, START)).toEqual(['0 suspect'])
    expect(ledger.toRead('suspect')).toBe(1)
    expect(await read(START, held)).toMatchObject({ state: 'suspect', missed: 1 })
    clock.moveTo(plusHours(4))
    expect(await read(START, held)).toMatchObject({ state: 'suspect', missed: 1 })
    clock.moveTo(plusHours(5))
    expect(await read(START, held)).toMatchObject({
      state: 'verified',
      missed: 1,
      reason: 'three reads of the archive agree; the archive brought 1 that did not come live',
    })
    expect(ledger.toRead('suspect')).toBe(0)
  })

  it('is no proof by itself while live delivery may still bring events of the hour, or miss them', async () => {
    const { ledger, clock, read, open, commit } = begun()
    open()
    clock.moveTo(plusHours(1.5))
    await commit(plusHours(1.5))
    clock.moveTo(plusHours(3))
    expect(ledger.nextDueAt('always')).toBeUndefined()
    const verdict = await read(START, [`${START}:sent since the last commit`])
    expect(verdict).toMatchObject({ state: 'suspect', missed: 0 })
    expect(verdict.reason).toBe('1 of 3 complete reads of the archive that must agree')
  })

  it('that verified a covered hour alone is not enough when its coverage turns out to be broken', async () => {
    const { ledger, clock, read, open, commit, states } = begun()
    open()
    clock.moveTo(plusHours(2))
    await commit(plusHours(2))
    clock.moveTo(plusHours(3))
    expect(await read(START, [])).toMatchObject({ state: 'verified' })
    ledger.suspectBetween(START, plusHours(1), 'doubt')
    expect(states(START, START)).toEqual(['0 suspect'])
    clock.moveTo(plusHours(4))
    expect(await read(START, [])).toMatchObject({ state: 'suspect' })
  })
})

describe('reads that never agree', () => {
  it('do not pile up: what the newest three spaced ones held is kept, and all are counted', async () => {
    const { ledger, clock, read, open, directory } = begun()
    open()
    ledger.suspectBetween(START, plusHours(1), 'a reset')
    const pauses: number[] = []
    for (let n = 0; n < 8; n++) {
      clock.moveTo(plusHours(3 + 6 * n))
      const verdict = await read(START, [`${START}:seen`, `${START}:seen by ${n}`])
      if (verdict.state === 'suspect') pauses.push((verdict.nextReadAt - clock.now()) / MINUTE)
    }
    expect(pauses).toEqual([15, 15, 15, 30, 60, 120, 240, 360])
    const db = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true })
    const kept = db.prepare('SELECT DISTINCT read FROM read_uids ORDER BY read').all()
    db.close()
    expect(kept.map(row => row['read'])).toEqual([6, 7, 8])
  })

  it('and are forgotten do not look empty when the clock goes back behind the later ones', async () => {
    const { ledger, clock, read, open, commit } = begun()
    open()
    ledger.suspectBetween(START, plusHours(1), 'a reset')
    for (let n = 0; n < 6; n++) {
      clock.moveTo(plusHours(3 + 6 * n))
      await read(START, [`${START}:seen by ${n}`])
    }
    await commit(clock.now())
    clock.moveTo(plusHours(16))
    await commit()
    expect(await read(START, [])).toMatchObject({
      state: 'suspect',
      reason: expect.stringContaining('1 of 3 complete reads'),
    })
  })
})

describe('uids of a stream with sessions', () => {
  it('are forgotten after 72 hours, but not those of suspect or freshly verified hours', async () => {
    const { ledger, clock, open, commit, read, directory } = begun()
    open()
    const texts = (hour: number) => [`${plusHours(hour)}:x`]
    for (const hour of [0, 1, 2]) {
      clock.moveTo(plusHours(hour) + MINUTE)
      await commit(plusHours(hour))
    }
    ledger.suspectBetween(plusHours(1), plusHours(3), 'asked for')
    clock.moveTo(plusHours(70))
    await read(plusHours(2), texts(2))
    clock.moveTo(plusHours(71))
    await read(plusHours(2), texts(2))
    clock.moveTo(plusHours(90))
    open()
    await commit(clock.now())
    const db = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true })
    const kept = db.prepare('SELECT DISTINCT hour FROM delivered ORDER BY hour').all()
    db.close()
    expect(kept.map(row => (Number(row['hour']) - START) / HOUR_MS)).toEqual([1, 2, 90])
  })
})
