import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { begun, DAY, MINUTE, plusHours, START, STREAM } from './begun.ts'

/** A stream that was started at hour 0.5, live until 5.5; it is hour 9 now. */
async function started() {
  const run = begun()
  run.clock.moveTo(plusHours(0.5))
  run.open()
  for (const at of [1.2, 2.1, 3, 3.9, 4.8, 5.5]) {
    run.clock.moveTo(plusHours(at))
    await run.commit(run.clock.now())
  }
  run.clock.moveTo(plusHours(9))
  const asked = () => {
    const reader = readState(run.directory)
    const hours = reader.hours().filter(hour => hour.asked)
    reader.close()
    return hours.map(({ hour }) => (hour - START) / HOUR_MS)
  }
  const text = (hour: number) => [`${plusHours(hour)}:x`]
  return { ...run, asked, text }
}

describe('hours that are asked for', () => {
  it('are suspect if nothing is proven of them, also in the hour of the first start; live ones stay as they are', async () => {
    const { ledger, states, asked } = await started()
    expect(ledger.ask(plusHours(-2.5), plusHours(6))).toBe(5)
    expect(asked()).toEqual([-3, -2, -1, 0, 5])
    expect(states(plusHours(-4), plusHours(5))).toEqual([
      '-4 unknown',
      '-3 suspect',
      '-2 suspect',
      '-1 suspect',
      '0 suspect',
      '1 live',
      '2 live',
      '3 live',
      '4 live',
      '5 live',
    ])
  })

  it('wait until nothing is to be repaired, and are read from the oldest on', async () => {
    const { ledger, clock, read, text } = await started()
    ledger.ask(plusHours(-2), plusHours(0))
    ledger.suspectBetween(plusHours(2), plusHours(3), 'a reset')
    const due = () => ledger.due(clock.now(), 'suspect')
    expect(due()).toEqual({ hour: plusHours(2), purpose: 'repair' })
    await read(plusHours(2), text(2))
    expect(due()).toEqual({ hour: plusHours(-2), purpose: 'backfill' })
    await read(plusHours(-2), text(-2))
    expect(due()).toEqual({ hour: plusHours(-1), purpose: 'backfill' })
    clock.moveTo(clock.now() + 20 * MINUTE)
    // That a first read was made of it does not put it before a repair.
    expect(due()).toEqual({ hour: plusHours(2), purpose: 'repair' })
  })

  it('are all that is read where nothing is to be repaired', async () => {
    const { ledger, clock, read, text } = await started()
    ledger.suspectBetween(plusHours(2), plusHours(4), 'a reset')
    expect(ledger.due(clock.now(), 'never')).toBeUndefined()
    expect(ledger.nextDueAt('never')).toBeUndefined()
    ledger.ask(plusHours(3), plusHours(4))
    expect(ledger.due(clock.now(), 'never')).toEqual({ hour: plusHours(3), purpose: 'backfill' })
    await read(plusHours(3), text(3))
    expect(ledger.nextDueAt('never')).toBe(clock.now() + 15 * MINUTE)
  })

  it('are asked for until they are verified by the same rules, also after a restart; then they are done', async () => {
    const { ledger, read, text, restart, asked } = await started()
    ledger.ask(plusHours(-1), plusHours(0))
    await read(plusHours(-1), text(-1))
    const second = restart()
    expect(asked()).toEqual([-1])
    second.clock.moveTo(plusHours(10))
    await second.read(plusHours(-1), text(-1))
    expect(asked()).toEqual([-1])
    second.clock.moveTo(plusHours(11))
    expect(await second.read(plusHours(-1), text(-1))).toMatchObject({ state: 'verified' })
    expect(asked()).toEqual([])
    expect(second.ledger.ask(plusHours(-1), plusHours(0))).toBe(0)
    expect(second.ledger.due(second.clock.now(), 'suspect')).toBeUndefined()
  })

  it('become a matter of repair when their live coverage breaks', async () => {
    const { ledger, clock } = await started()
    ledger.ask(plusHours(5), plusHours(6))
    expect(ledger.due(clock.now(), 'suspect')).toEqual({ hour: plusHours(5), purpose: 'backfill' })
    ledger.suspectBetween(plusHours(5), plusHours(6), 'a reset')
    expect(ledger.due(clock.now(), 'suspect')).toEqual({ hour: plusHours(5), purpose: 'repair' })
  })

  it('are not those that the archive keeps no more; those that it drops meanwhile are lost, live ones aside', async () => {
    const { ledger, clock, asked, states } = await started()
    clock.moveTo(START + 30 * DAY)
    expect(ledger.ask(plusHours(-3), plusHours(7))).toBe(2)
    expect(asked()).toEqual([5, 6])
    clock.moveTo(START + 31 * DAY)
    expect(ledger.expire(clock.now())).toEqual([plusHours(6)])
    expect(asked()).toEqual([])
    expect(states(plusHours(5), plusHours(6))).toEqual(['5 live', '6 lost'])
  })

  it('may be lost ones, of which the archive is asked once more, and again lost', async () => {
    const { ledger, clock, asked, states } = await started()
    ledger.lose(plusHours(2), 'HTTP 400')
    expect(ledger.ask(plusHours(2), plusHours(3))).toBe(1)
    expect(ledger.due(clock.now(), 'suspect')).toEqual({ hour: plusHours(2), purpose: 'backfill' })
    ledger.lose(plusHours(2), 'HTTP 400')
    expect(asked()).toEqual([])
    expect(states(plusHours(2), plusHours(2))).toEqual(['2 lost'])
  })

  it('may be of a stream that the archive did not serve: that is tried again', async () => {
    const { ledger, clock } = await started()
    ledger.unsupported('HTTP 400')
    ledger.ask(plusHours(-1), plusHours(0))
    expect(ledger.due(clock.now(), 'never')).toEqual({ hour: plusHours(-1), purpose: 'backfill' })
  })
})

describe('the first start of a stream', () => {
  it('may begin in the past: those hours are to be repaired, though nothing else may be', () => {
    const { ledger, clock, states } = begun()
    clock.moveTo(plusHours(5.5))
    expect(ledger.startFrom(plusHours(2.5))).toBe(plusHours(2))
    expect(states(plusHours(1), plusHours(5))).toEqual([
      '1 unknown',
      '2 suspect',
      '3 suspect',
      '4 suspect',
      '5 suspect',
    ])
    expect(ledger.due(clock.now(), 'suspect')).toEqual({ hour: plusHours(2), purpose: 'repair' })
    expect(ledger.due(clock.now(), 'never')).toEqual({ hour: plusHours(2), purpose: 'backfill' })
  })

  it('is the first one only', () => {
    const first = begun()
    expect(first.state.startedAt(STREAM)).toBe(START)
    expect(first.ledger.startFrom(plusHours(-5))).toBeUndefined()
    expect(first.restart().ledger.startFrom(plusHours(-5))).toBeUndefined()
    expect(first.states(plusHours(-5), START - 1)).not.toContain('-5 suspect')
  })

  it('reaches no further back than the archive', () => {
    const { ledger } = begun()
    expect(ledger.startFrom(START - 40 * DAY)).toBe(START - 30 * DAY + HOUR_MS)
  })
})
