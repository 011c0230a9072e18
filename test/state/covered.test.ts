import { expect, it } from 'vitest'
import { readState } from '../../src/state/read.ts'
import { coverage } from '../../src/worker/coverage.ts'
import { begun, MINUTE, plusHours, START, STREAM } from './begun.ts'
import { handClock, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf } from './receipts.ts'

/** Received at 3 h, committed now. */
const late = async (world: ReturnType<typeof begun>) =>
  await world.state.commit(
    live(STREAM),
    await receiptOf([`${plusHours(3)}:late`], { observedAt: plusHours(3) }),
    never,
  )

it('suspects the whole pause before a late commit of what was read before it', async () => {
  const world = begun()
  const { open, commit, clock, ledger, states } = world
  open()
  clock.moveTo(plusHours(3))
  await commit(plusHours(3))
  // The session was closed at 3 h, because delivery was blocked; the last page was delivered and committed at 8 h.
  clock.moveTo(plusHours(8))
  await late(world)
  coverage(ledger).opened(plusHours(8), plusHours(3))
  expect(states()).toEqual(['0 live', '1 live', ...[2, 3, 4, 5, 6, 7, 8].map(hour => `${hour} suspect`)])
})

it('does not call an hour covered by the late commit of what was read before it', async () => {
  const world = begun()
  const { open, commit, clock, directory } = world
  open()
  clock.moveTo(plusHours(3))
  await commit(plusHours(3))
  // Delivered at 4.1 h: the server still holds all that came since.
  clock.moveTo(plusHours(4) + 6 * MINUTE)
  await late(world)
  const reader = readState(directory)
  const [hour] = reader.hours({ from: plusHours(3), to: plusHours(4) })
  reader.close()
  expect(hour).toMatchObject({ state: 'live', covered: false })
})

it('calls an hour covered once nothing waits to be read any more', async () => {
  const { open, commit, clock, directory } = begun()
  open()
  clock.moveTo(plusHours(4) + MINUTE)
  await commit()
  const reader = readState(directory)
  const [, hour] = reader.hours({ from: plusHours(2), to: plusHours(4) })
  reader.close()
  expect(hour).toMatchObject({ state: 'live', covered: true })
})

it('does not call the hour covered in which the stream began, but what of it came after that', async () => {
  const clock = handClock(START + 27 * MINUTE)
  const { open, commit, directory } = begun(temporaryDirectory(), clock)
  open()
  clock.moveTo(plusHours(2))
  await commit()
  const reader = readState(directory)
  const coveredFrom = (from: number) => reader.hours({ from, to: plusHours(1) })[0]?.covered
  expect([START, START + 26 * MINUTE, START + 27 * MINUTE].map(coveredFrom)).toEqual([false, false, true])
  reader.close()
})
