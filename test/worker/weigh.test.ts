import { describe, expect, it } from 'vitest'
import { workerLog } from '../../src/operations/log.ts'
import { weigh } from '../../src/worker/weigh.ts'
import { begun, MINUTE, plusHours, STREAM } from '../state/begun.ts'

/** A trusted borrow from 2:20 to 2:40, of which a read of the archive brings what did not come live; it is 7 o'clock. */
async function withEvidence() {
  const world = begun()
  const { clock, state, ledger, open, commit } = world
  const borrows = state.borrows(STREAM)
  const hold = async (...minutes: readonly number[]) => {
    for (const minute of minutes) {
      clock.moveTo(plusHours(0) + minute * MINUTE)
      await commit(clock.now())
    }
  }
  open()
  borrows.enter('trusted')
  await hold(60, 140)
  borrows.begin()
  clock.moveTo(plusHours(2) + 40 * MINUTE)
  open()
  await hold(160, 220, 280, 340, 400, 420)
  await world.read(plusHours(2), [`${plusHours(2) + 25 * MINUTE}:never came live`], 'broken')
  let said = ''
  const destination = { write: (line: string) => (said += line) }
  const log = workerLog({ level: 'info', format: 'json', colour: false, destination })
  const weighed = () => weigh({ stream: STREAM, ledger, borrows, log })
  return { ...world, borrows, hold, weighed, said: () => said }
}

describe('the contrary of what was believed of borrowing', () => {
  it('makes the hours of its borrows suspect and is told, whoever read it; the live session is not called in question', async () => {
    const { weighed, said, borrows, hold, states } = await withEvidence()
    weighed()
    expect(borrows.trust()).toBe('withdrawn')
    expect(said().match(/pod-borrow-withdrawn/g)).toHaveLength(1)
    await hold(480)
    expect(states().filter(text => text.endsWith('suspect'))).toEqual(['1 suspect', '2 suspect'])
    weighed()
    expect(said().match(/pod-borrow-withdrawn/g)).toHaveLength(1)
  })

  it('makes suspect, while the token is borrowed, what passes until the next live session', async () => {
    const { weighed, borrows, clock, open, states } = await withEvidence()
    borrows.begin()
    expect(states()).not.toContain('6 suspect')
    weighed()
    clock.moveTo(plusHours(7.2))
    open()
    expect(states().filter(text => text.endsWith('suspect'))).toEqual([
      '1 suspect',
      '2 suspect',
      '6 suspect',
      '7 suspect',
    ])
  })

  it('is nothing where no token is lent', () => {
    const { ledger, states } = begun()
    weigh({ stream: STREAM, ledger, log: { error: fail, warn: fail, info: fail, debug: fail } })
    expect(states()).toEqual([])
  })
})

function fail(): never {
  throw new Error('nothing is to be said')
}
