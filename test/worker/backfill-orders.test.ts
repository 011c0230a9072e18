import { expect, it, onTestFinished } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { workerLog } from '../../src/operations/log.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { queueBackfill } from '../../src/state/backfill-orders.ts'
import { takeBackfills } from '../../src/worker/backfill-orders.ts'
import { handClock, opened, temporaryDirectory } from '../state/directories.ts'

const STREAM = 'pod/message@test'
const START = 10_000 * HOUR_MS

/** A running worker's state, and what takes orders for it. */
function running() {
  const directory = temporaryDirectory()
  const state = opened(directory, handClock(START))
  const over = new AbortController()
  const ledger = state.ledger(STREAM, podArchive)
  ledger.sessionOpened(START)
  const log = workerLog({ level: 'error', format: 'json', colour: false, destination: { write: () => {} } })
  const take = () =>
    takeBackfills({ backfills: state.backfills, ledgers: new Map([[STREAM, ledger]]), log }, over.signal)
  onTestFinished(() => {
    over.abort()
    state.close()
  })
  return { directory, state, ledger, take }
}

const order = { stream: STREAM, from: START - 3 * HOUR_MS, to: START }

it('an order that was queued beside the worker is taken, and answered with the hours that are read', async () => {
  const { directory, ledger, take } = running()
  const queued = queueBackfill(directory, order)
  expect(queued.answer()).toBeUndefined()
  void take()
  await expect.poll(() => queued.answer()).toEqual({ asked: 3 })
  queued.close()
  expect(ledger.due(START, 'never')).toEqual({ hour: order.from, purpose: 'backfill' })
})

it('an order for a stream that the worker does not collect is refused, and does not hold up the next one', async () => {
  const { directory, take } = running()
  const foreign = queueBackfill(directory, { ...order, stream: 'tap@other' })
  const next = queueBackfill(directory, order)
  void take()
  await expect.poll(() => next.answer()).toEqual({ asked: 3 })
  expect(foreign.answer()).toEqual({ refused: 'the running worker does not collect tap@other' })
  foreign.close()
  next.close()
})
