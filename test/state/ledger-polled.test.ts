import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { tapArchive } from '../../src/proofpoint/tap/archive.ts'
import { readState } from '../../src/state/read.ts'
import { begun, MINUTE, plusHours, START } from './begun.ts'
import { live, never, receiptOf } from './receipts.ts'

describe('a stream that is polled', () => {
  const TAP = 'tap@test'

  it('is live up to its settled point, which a kill does not call in question', () => {
    const { state, clock, restart, directory } = begun()
    state.startedAt(TAP)
    clock.moveTo(plusHours(5))
    state.ledger(TAP, tapArchive(HOUR_MS)).settled(plusHours(2.5))
    state.ledger(TAP, tapArchive(HOUR_MS)).settled(plusHours(2))
    restart()
    const reader = readState(directory)
    const hours = reader.hours({ from: START, to: plusHours(4) }).filter(hour => hour.stream === TAP)
    expect(hours.map(({ state, covered }) => [state, covered])).toEqual([
      ['live', true],
      ['live', true],
      ['live', false],
      ['unknown', false],
    ])
    reader.close()
  })

  it('is live, but not covered, where it was polled and is not settled yet, and unknown where it was not polled', async () => {
    const { state, clock, directory } = begun()
    state.startedAt(TAP)
    const ledger = state.ledger(TAP, tapArchive(HOUR_MS))
    const hours = () => {
      const reader = readState(directory)
      const [listed, asked] = [reader.hours(), reader.hours({ from: START, to: plusHours(7) })]
      reader.close()
      expect(listed.map(({ hour }) => hour)).toEqual(
        asked.filter(({ state }) => state !== 'unknown').map(({ hour }) => hour),
      )
      return asked.map(({ state, covered }) => `${state}${covered ? ', covered' : ''}`)
    }
    clock.moveTo(plusHours(6.5))
    await state.commit(live(TAP), await receiptOf([`${plusHours(3.5)}:caught up`]), never)
    ledger.settled(plusHours(4))
    expect(hours()).toEqual([...Array(4).fill('live, covered'), 'live', 'unknown', 'unknown'])
    await state.commit(live(TAP), await receiptOf([`${plusHours(6.2)}:at the present`]), never)
    ledger.settled(plusHours(5.75))
    expect(hours()).toEqual([...Array(5).fill('live, covered'), 'live', 'live'])
    ledger.settled(plusHours(6.5))
    expect(hours()).toEqual([...Array(6).fill('live, covered'), 'live'])
  })

  it('is not covered any more beyond a settled point that fell back, and what was judged there is suspect', () => {
    const { state, clock, directory } = begun()
    state.startedAt(TAP)
    const ledger = state.ledger(TAP, tapArchive(2 * HOUR_MS))
    const states = () => {
      const reader = readState(directory)
      const hours = reader.hours({ from: START, to: plusHours(29) }).filter(({ stream }) => stream === TAP)
      reader.close()
      return hours.map(({ state, covered }) => `${state}${covered ? ', covered' : ''}`)
    }
    const read = (hours: number) => ledger.endRead(ledger.beginRead(plusHours(hours)), 'complete')
    ledger.settled(plusHours(5.5))
    clock.moveTo(plusHours(6))
    read(1)
    // TAP's clock and ours run ahead by a day.
    clock.moveTo(plusHours(30))
    ledger.settled(plusHours(29))
    for (const hours of [3, 5, 20]) read(hours)
    ledger.lose(plusHours(25), 'TAP keeps seven days')
    clock.moveTo(plusHours(6.25))
    ledger.settled(plusHours(5.5))
    const beyond: string[] = Array(23).fill('unknown')
    beyond[20 - 6] = 'suspect'
    beyond[25 - 6] = 'suspect'
    expect(states()).toEqual([
      'live, covered',
      'verified, covered',
      'live, covered',
      'suspect',
      'live, covered',
      'suspect',
      ...beyond,
    ])
    expect(ledger.nextDueAt('suspect')).toBe(plusHours(6))
    // The read of the wrong time is no proof beside a new one that breaks off.
    expect(ledger.endRead(ledger.beginRead(plusHours(3)), 'broken')).toMatchObject({ state: 'suspect' })
    expect(read(3)).toMatchObject({ state: 'verified' })
  })

  it('begins anew before the last change of a state that was set aside', () => {
    const first = begun()
    first.state.close()
    const file = join(first.directory, 'state.sqlite')
    writeFileSync(file, 'garbage '.repeat(1_000))
    utimesSync(file, plusHours(4) / 1_000, plusHours(4) / 1_000)
    first.clock.moveTo(plusHours(6))
    const { state, directory } = begun(first.directory, first.clock)
    expect(state.startedAt(TAP)).toBe(plusHours(3))
    const stateOfHour = () => {
      const reader = readState(directory)
      const [hour] = reader.hours({ from: plusHours(3), to: plusHours(4) })
      reader.close()
      return hour?.state
    }
    expect(stateOfHour()).toBe('suspect')
    state.ledger(TAP, tapArchive(HOUR_MS)).settled(plusHours(4))
    expect(stateOfHour()).toBe('live')
  })

  it('is read once more hour by hour, the oldest that is not verified first, as far as it was polled', async () => {
    const { state, clock } = begun()
    state.startedAt(TAP, plusHours(-2) + 20 * MINUTE)
    const ledger = state.ledger(TAP, tapArchive(6 * HOUR_MS))
    expect(ledger.oldestToRead('always')).toBeUndefined()
    ledger.settled(plusHours(2.5))
    expect(ledger.oldestToRead('suspect')).toBeUndefined()
    const read: number[] = []
    for (const at of [4.9, 5, 6, 7, 8, 9, 12]) {
      clock.moveTo(plusHours(at))
      const due = ledger.due(clock.now(), 'always')
      if (!due) continue
      expect(due).toEqual({ hour: ledger.oldestToRead('always'), purpose: 'repair' })
      read.push((due.hour - START) / HOUR_MS)
      const id = ledger.beginRead(due.hour)
      expect(ledger.endRead(id, 'complete')).toMatchObject({ state: 'verified', lacking: 0 })
    }
    expect(read).toEqual([-2, -1, 0, 1])
    expect(ledger.oldestToRead('always')).toBeUndefined()
  })

  it('has its hole entered as lost', () => {
    const { state, directory } = begun()
    state.ledger(TAP, tapArchive(HOUR_MS)).lose(plusHours(1), 'TAP keeps seven days')
    const reader = readState(directory)
    expect(reader.hours({ from: plusHours(1), to: plusHours(2) })).toMatchObject([
      { state: 'lost', reason: 'TAP keeps seven days' },
    ])
    reader.close()
  })
})
