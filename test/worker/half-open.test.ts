/** A connection that dies without a word, in its real two minutes; hours pass in seconds meanwhile. */
import { expect, it } from 'vitest'
import { HOUR_MS, hourOf } from '../../src/clock.ts'
import { identityOf } from '../../src/simulator/streams.ts'
import { commandResult } from '../support/command.ts'
import { rehearsed } from '../support/rehearsed-worker.ts'
import { logOf, secrets } from '../support/worker.ts'

const FACTOR = 600
const ARCHIVE_TOKEN = 'archive-token-1357'

it('what the server sent into a half-open connection is suspect, and comes from the archive', async () => {
  await using world = await rehearsed(
    FACTOR,
    { rates: { maillog: 0.03 }, tokens: [secrets.token, ARCHIVE_TOKEN] },
    {
      PROOFPOINT_POD_STREAMS: 'maillog',
      PROOFPOINT_POD_REPAIR: 'suspect',
      PROOFPOINT_POD_ARCHIVE_TOKEN: ARCHIVE_TOKEN,
    },
  )
  const { clock, simulator, collector, run, state } = world
  await using running = run()
  await expect.poll(() => collector.taken.length, { timeout: 30_000 }).toBeGreaterThan(0)
  const from = hourOf(clock.now())
  simulator.control({ command: 'halfOpen', type: 'maillog' })
  const isNoticed = () => logOf(running).some(({ code }) => code === 'pod-silent')
  await expect.poll(isNoticed, { timeout: 200_000, interval: 500 }).toBe(true)
  simulator.control({ command: 'drop', type: 'maillog' })
  const to = hourOf(clock.now()) + HOUR_MS

  const report = () =>
    commandResult(
      ['report', '--from', new Date(from).toISOString(), '--to', new Date(to).toISOString(), '--strict'],
      { PROOFPOINT_STATE_DIR: state },
    )
  expect((await report()).code).toBe(4)
  await expect.poll(async () => (await report()).code, { timeout: 120_000, interval: 1_000 }).toBe(0)
  const arrived = new Set(collector.taken.map(body => identityOf(JSON.parse(body))))
  const existed = [...simulator.ledger.identities('maillog', from + HOUR_MS, to)]
  expect(existed.length).toBeGreaterThan(1_000)
  expect(existed.filter(identity => !arrived.has(identity))).toEqual([])
}, 360_000)
