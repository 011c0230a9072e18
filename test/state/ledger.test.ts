import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { tapArchive } from '../../src/proofpoint/tap/archive.ts'
import { readState } from '../../src/state/read.ts'
import { begun, DAY, MINUTE, plusHours, START, STREAM } from './begun.ts'
import { live, never, receiptOf } from './receipts.ts'

describe('an hour', () => {
  it('is live while it is covered, unknown before the start and after the last sign of life', async () => {
    const { open, commit, clock, states } = begun()
    open()
    for (const at of [0, 0.9, 1.8, 2.5]) {
      clock.moveTo(plusHours(at))
      await commit(clock.now())
    }
    expect(states(plusHours(-1), plusHours(3))).toEqual([
      '-1 unknown',
      '0 live',
      '1 live',
      '2 live',
      '3 unknown',
    ])
  })

  it('becomes suspect by an unclean close: from an hour before the newest event until a session opens', async () => {
    const { open, commit, clock, ledger, states } = begun()
    open()
    for (const at of [1, 2, 3, 4]) {
      clock.moveTo(plusHours(at))
      open()
      await commit(plusHours(at) - 10 * MINUTE)
    }
    ledger.suspectSince('pod-dropped')
    clock.moveTo(plusHours(4.8))
    expect(states()).toEqual(['0 live', '1 live', '2 suspect', '3 suspect', '4 suspect'])
    open()
    await commit(plusHours(4.5))
    clock.moveTo(plusHours(5.2))
    await commit(plusHours(5.1))
    expect(states()).toEqual(['0 live', '1 live', '2 suspect', '3 suspect', '4 suspect', '5 live'])
  })

  it('becomes suspect by a pause of more than an hour, not by a shorter one', async () => {
    const { open, commit, clock, states } = begun()
    open()
    clock.moveTo(plusHours(2))
    await commit(plusHours(2))
    clock.moveTo(plusHours(3))
    open()
    await commit(plusHours(3))
    expect(states()).toEqual(['0 live', '1 live', '2 live', '3 live'])
    clock.moveTo(plusHours(4) + 1)
    open()
    expect(states()).toEqual(['0 live', '1 live', '2 suspect', '3 suspect', '4 suspect'])
  })

  it('becomes suspect by a start without the clean mark, and not by one with it', async () => {
    const first = begun()
    first.open()
    first.clock.moveTo(plusHours(3))
    await first.commit(plusHours(3))
    first.state.endCleanly()
    const second = first.restart()
    second.open()
    expect(second.states()).toEqual(['0 live', '1 live', '2 live', '3 live'])
    const third = second.restart()
    expect(third.before).toMatchObject({ ended: 'uncleanly' })
    expect(third.states()).toEqual(['0 live', '1 live', '2 suspect', '3 suspect'])
  })

  it('becomes suspect by a kill before the very first session was entered', async () => {
    const first = begun()
    first.state.startedAt(STREAM)
    first.state.close()
    expect(first.states()).toEqual(['0 suspect'])
    first.clock.moveTo(START + 10 * MINUTE)
    const again = begun(first.directory, first.clock)
    again.open()
    await again.commit(again.clock.now())
    expect(again.states()).toEqual(['0 suspect'])
  })

  it('is said to be suspect even before the next start, when the worker was killed', async () => {
    const { state, open, commit, clock, states } = begun()
    open()
    clock.moveTo(plusHours(3))
    await commit(plusHours(3))
    expect(states()).toEqual(['0 live', '1 live', '2 live', '3 live'])
    state.close()
    expect(states()).toEqual(['0 live', '1 live', '2 suspect', '3 suspect'])
  })

  it('is suspect as far back as events have come late', async () => {
    const { open, commit, clock, ledger, states } = begun()
    open()
    clock.moveTo(plusHours(5))
    await commit(plusHours(2), plusHours(5))
    ledger.suspectSince('reset')
    expect(states()).toEqual(['0 live', '1 live', '2 suspect', '3 suspect', '4 suspect', '5 suspect'])
  })

  it('is suspect at most a day back, and an hour when 30 days have passed since', async () => {
    const { open, commit, clock, ledger, states } = begun()
    const countSuspect = () => states().filter(text => text.endsWith('suspect')).length
    open()
    clock.moveTo(START + 9 * DAY)
    await commit(START, clock.now())
    ledger.suspectSince('reset')
    expect(countSuspect()).toBe(25)
    open()
    clock.moveTo(START + 40 * DAY)
    await commit(clock.now())
    ledger.suspectSince('reset')
    expect(countSuspect()).toBe(25 + 2)
  })

  it('is suspect as far back as events have come late, though it was verified before that was known', async () => {
    const { open, commit, clock, ledger, read, states } = begun()
    open()
    clock.moveTo(plusHours(1.5))
    await commit(clock.now())
    ledger.suspectSince('a reset')
    open()
    for (const hours of [3, 3.5, 4]) {
      clock.moveTo(plusHours(hours))
      if (hours < 4) await read(START, [])
      await read(plusHours(1), [`${plusHours(1.5)}:0 at ${plusHours(1.5)}`])
    }
    await commit(clock.now())
    expect(states(START, plusHours(2) - 1)).toEqual(['0 suspect', '1 verified'])
    ledger.suspectSince('a reset')
    open()
    expect(states(START, plusHours(2) - 1)).toEqual(['0 suspect', '1 verified'])
    clock.moveTo(plusHours(5))
    await commit(plusHours(1.1))
    ledger.suspectSince('another reset, with events of hour 1 on their way')
    expect(states(plusHours(1), plusHours(2) - 1)).toEqual(['1 suspect'])
    open()
    expect(states(plusHours(1), plusHours(2) - 1)).toEqual(['1 suspect'])
    expect(ledger.oldestToRead('suspect')).toBe(START)
  })

  it.each([3, 100])(
    'is suspect as far back as the last receipt, though an event was dated %d days ahead',
    async days => {
      const { open, commit, clock, state, restart } = begun()
      open()
      clock.moveTo(plusHours(1.2))
      await commit(plusHours(1.1), START + days * DAY)
      // The collector was down for six hours; of two pages that came before, the second is lost by a kill.
      clock.moveTo(plusHours(7.2))
      const page = { observedAt: plusHours(1.2) }
      await state.commit(live(STREAM), await receiptOf([`${plusHours(1.2)}:first page`], page), never)
      const again = restart()
      again.open()
      expect(again.states()).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(hour => `${hour} suspect`))
    },
  )

  it('is suspect since the last change of a state that was set aside, and unknown before', () => {
    const first = begun()
    first.open()
    first.state.close()
    const file = join(first.directory, 'state.sqlite')
    writeFileSync(file, 'garbage '.repeat(1_000))
    utimesSync(file, plusHours(4.5) / 1_000, plusHours(4.5) / 1_000)
    first.clock.moveTo(plusHours(6))
    const second = begun(first.directory, first.clock)
    expect(second.before).toMatchObject({ ended: 'unreadable' })
    expect(second.state.startedAt(STREAM)).toBe(plusHours(3.5))
    second.open()
    expect(second.states(plusHours(2))).toEqual([
      '2 unknown',
      '3 suspect',
      '4 suspect',
      '5 suspect',
      '6 suspect',
    ])
    expect(readFileSync(second.state.setAside[0] ?? '', 'utf8')).toContain('garbage')
  })

  it('keeps every change with its time and reason', async () => {
    const { clock, ledger, read, directory, open } = begun()
    open()
    clock.moveTo(plusHours(3))
    ledger.suspectBetween(plusHours(1), plusHours(2), 'asked for')
    await read(plusHours(1), [`${plusHours(1)}:a`])
    for (const hours of [4, 5]) {
      clock.moveTo(plusHours(hours))
      await read(plusHours(1), [`${plusHours(1)}:a`])
    }
    const reader = readState(directory)
    const [hour] = reader.hours({ from: plusHours(1), to: plusHours(2) })
    expect(hour).toMatchObject({ state: 'verified', repaired: 1, alreadyDelivered: 2, delivered: 0 })
    expect(hour?.changes).toEqual([
      { at: plusHours(3), state: 'suspect', reason: 'asked for' },
      { at: plusHours(3), state: 'suspect', reason: '1 of 3 complete reads of the archive that must agree' },
      { at: plusHours(4), state: 'suspect', reason: '2 of 3 complete reads of the archive that must agree' },
      { at: plusHours(5), state: 'verified', reason: 'three reads of the archive agree' },
    ])
    reader.close()
  })
})

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
