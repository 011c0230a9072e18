/** The clock of the machine is moved by a day: what was lost under the wrong time is suspect, and what was judged by it too. */
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { begun, DAY, MINUTE, plusHours, STREAM } from './begun.ts'

type Run = ReturnType<typeof begun>

/** Moves the true time to `hours` after the start, while the clock is wrong by `error`, and commits an event of the true time. */
const at = (run: Run, error: number) => async (hours: number) => {
  run.clock.moveTo(plusHours(hours) + error)
  await run.commit(plusHours(hours))
}

const statesFrom = (run: Run, hours: number, to: number) => run.states(plusHours(hours), plusHours(to))

/** A run that was live, with a right clock, for six hours. */
async function liveForSixHours(): Promise<Run> {
  const run = begun()
  run.open()
  for (const hours of [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6]) await at(run, 0)(hours)
  return run
}

const suspect = (hours: readonly number[]) => hours.map(hour => `${hour} suspect`)

describe('a clock that goes back by a day', () => {
  it('while a session is open makes all suspect until it is right again, and nothing after that', async () => {
    const run = await liveForSixHours()
    for (const hours of [6.1, 7, 8]) await at(run, -DAY)(hours)
    expect(statesFrom(run, 6, 8)).toEqual(suspect([6, 7, 8]))
    for (const hours of [8.5, 9.5, 10.5]) await at(run, 0)(hours)
    expect(statesFrom(run, 6, 10)).toEqual(['6 suspect', '7 suspect', '8 suspect', '9 live', '10 live'])
  })

  it('and hides a break from the next session: the hours of the break are suspect all the same', async () => {
    const run = await liveForSixHours()
    await at(run, -DAY)(6.1)
    // Killed, away for five hours, and the clock is still behind: the true hours 6 to 11 hold what was lost.
    run.clock.moveTo(plusHours(11) - DAY)
    const next = run.restart()
    next.open()
    await next.commit()
    await at(next, -DAY)(11.2)
    expect(statesFrom(next, 6, 12)).toEqual(suspect([6, 7, 8, 9, 10, 11, 12]))
    for (const hours of [12.5, 13.5]) await at(next, 0)(hours)
    expect(statesFrom(next, 5, 13)).toEqual([...suspect([5, 6, 7, 8, 9, 10, 11, 12]), '13 live'])
  })

  it('between two sessions hides the pause of a quiet stream: it is suspect until the clock is right', async () => {
    const run = await liveForSixHours()
    run.state.endCleanly()
    run.clock.moveTo(plusHours(11) - DAY)
    const next = run.restart()
    next.open()
    await next.commit()
    expect(statesFrom(next, 6, 9)).toEqual(suspect([6, 7, 8, 9]))
    next.clock.moveTo(plusHours(13))
    await next.commit()
    next.clock.moveTo(plusHours(14.5))
    await next.commit()
    expect(statesFrom(next, 6, 14)).toEqual([...suspect([6, 7, 8, 9, 10, 11, 12, 13]), '14 live'])
  })

  it('takes back what was verified, or given up, by the time before', async () => {
    const run = await liveForSixHours()
    const future = plusHours(20)
    run.clock.moveTo(plusHours(6.5) + DAY)
    run.ledger.suspectBetween(future, future + HOUR_MS, 'a kill under the wrong clock')
    run.ledger.lose(plusHours(1), 'too old')
    for (let read = 0; read < 3; read++) {
      await run.read(future, [])
      run.clock.moveTo(run.clock.now() + 20 * MINUTE)
    }
    expect(statesFrom(run, 20, 20)).toEqual(['20 verified'])
    await run.commit()
    await at(run, 0)(8)
    expect(statesFrom(run, 20, 20)).toEqual(suspect([20]))
    expect(statesFrom(run, 1, 1)).toEqual(suspect([1]))
    // The reads of a future hour prove nothing: it takes three new ones.
    run.clock.moveTo(plusHours(22))
    const texts = [`${future}:came in its own time`]
    expect(await run.read(future, texts)).toMatchObject({ state: 'suspect' })
    run.clock.moveTo(plusHours(22.5))
    expect(await run.read(future, texts)).toMatchObject({ state: 'suspect' })
    run.clock.moveTo(plusHours(23))
    expect(await run.read(future, texts)).toMatchObject({ state: 'verified' })
  })

  it('leaves the report with its reason', async () => {
    const run = await liveForSixHours()
    await at(run, -DAY)(6.1)
    const reader = readState(run.directory)
    const [hour] = reader.hours({ from: plusHours(6), to: plusHours(7) })
    reader.close()
    expect(hour).toMatchObject({
      stream: STREAM,
      reason: 'the clock of this machine stood behind the events',
    })
  })
})

describe('a clock that goes forward by a day', () => {
  it('while a session is open leaves what was delivered live, and a kill then makes suspect what it can have touched', async () => {
    const run = await liveForSixHours()
    for (const hours of [6.1, 7]) await at(run, DAY)(hours)
    const next = run.restart()
    next.clock.moveTo(plusHours(8) + DAY)
    next.open()
    await at(next, DAY)(8.1)
    await at(next, 0)(9)
    expect(statesFrom(next, 6, 9)).toEqual(suspect([6, 7, 8, 9]))
  })

  it('and back leaves live what was delivered meanwhile', async () => {
    const run = await liveForSixHours()
    for (const hours of [6.1, 7, 8]) await at(run, DAY)(hours)
    for (const hours of [8.5, 9.5]) await at(run, 0)(hours)
    expect(statesFrom(run, 5, 9)).toEqual(['5 live', '6 live', '7 live', '8 live', '9 live'])
  })

  it('while it is away counts as a pause: the hours are suspect, not lost sight of', async () => {
    const run = await liveForSixHours()
    run.state.endCleanly()
    run.clock.moveTo(plusHours(6.2) + DAY)
    const next = run.restart()
    next.open()
    await next.commit()
    expect(statesFrom(next, 5, 7)).toEqual(suspect([5, 6, 7]))
  })
})

describe('an event whose time is nonsense', () => {
  it('far in the future does not make the clock doubted for good', async () => {
    const run = await liveForSixHours()
    await run.commit(plusHours(1_000))
    await at(run, 0)(7)
    expect(statesFrom(run, 5, 7)).toEqual(['5 live', '6 live', '7 live'])
  })

  it('far in the future does not hide that the clock was set back while the worker was away', async () => {
    const run = await liveForSixHours()
    await run.commit(plusHours(1_000))
    run.state.endCleanly()
    run.clock.moveTo(plusHours(11) - DAY)
    const next = run.restart()
    next.open()
    await next.commit()
    expect(statesFrom(next, 6, 9)).toEqual(suspect([6, 7, 8, 9]))
  })

  it('a day in the future makes hours suspect, until the next of a right time', async () => {
    const run = await liveForSixHours()
    await run.commit(plusHours(30))
    for (const hours of [6.5, 7.5, 8.5]) await at(run, 0)(hours)
    expect(statesFrom(run, 4, 8)).toEqual(['4 live', '5 suspect', '6 suspect', '7 live', '8 live'])
  })
})
