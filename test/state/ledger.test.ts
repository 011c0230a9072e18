import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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
