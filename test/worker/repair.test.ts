/** Whole hours in virtual time: the worker is killed or cut off, and the archive brings what live delivery missed. */
import { describe, expect, it } from 'vitest'
import { HOUR_MS, parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { identityOf } from '../../src/simulator/streams.ts'
import { commandResult } from '../support/command.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { account, secrets, simulated, stateDirectory, worker } from '../support/worker.ts'

const soon = { timeout: 60_000, interval: 200 }
const archiveToken = 'archive-token-2468'
const FACTOR = 600
const stream = `pod/message@${account.clusterId}`

/** A simulator and the settings of a worker, in the same virtual time: an hour passes in six seconds. */
async function rehearsal() {
  const spec = `${FACTOR}x@2026-11-22T02:20:00Z/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const simulator = await simulated({
    clock,
    rates: { message: 0.05 },
    tokens: [secrets.token, archiveToken],
  })
  const collector = await judgingCollector(() => ({ status: 200 }))
  const state = stateDirectory()
  const run = () =>
    worker({
      simulator,
      state: state.path,
      collector: new URL(collector.url).origin,
      env: {
        PROOFPOINT_REHEARSAL_CLOCK: spec,
        PROOFPOINT_POD_STREAMS: 'message',
        PROOFPOINT_POD_ARCHIVE_TOKEN: archiveToken,
        PROOFPOINT_TAP_PRINCIPAL: '',
        PROOFPOINT_TAP_SECRET: '',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      },
    })
  const report = async (): Promise<{ hour: string; state: string }[]> => {
    const { out } = await commandResult(['report', '--json'], { PROOFPOINT_STATE_DIR: state.path })
    const streams: { stream: string; hours: { hour: string; state: string }[] }[] = JSON.parse(out).streams
    return streams.find(one => one.stream === stream)?.hours ?? []
  }
  return {
    clock,
    simulator,
    collector,
    run,
    report,
    async [Symbol.asyncDispose]() {
      await simulator.close()
      await collector[Symbol.asyncDispose]()
      state[Symbol.dispose]()
    },
  }
}

const told = (collector: { taken: readonly string[] }) =>
  collector.taken.map(body => identityOf(JSON.parse(body)))

describe('the archive lane', () => {
  it('repairs the hours of an absence of hours: in the end every event has arrived, and they are verified', async () => {
    await using rehearsed = await rehearsal()
    const { clock, simulator, collector } = rehearsed
    let startedBy = 0
    {
      await using running = rehearsed.run()
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(20)
      startedBy = clock.now()
      running.signal('SIGKILL')
      await running.ended
    }
    await clock.sleep(3.5 * HOUR_MS)
    await using running = rehearsed.run()
    await expect
      .poll(async () => (await rehearsed.report()).map(hour => hour.state), soon)
      .toContain('suspect')
    // All that was to be repaired lies before now; after some hours it must be.
    const span = [startedBy, clock.now() - HOUR_MS] as const
    await expect
      .poll(
        async () => {
          const hours = await rehearsed.report()
          const until = hours.filter(({ hour }) => Date.parse(hour.replace(':00Z', ':00:00Z')) < span[1])
          return until.length > 0 && until.every(({ state }) => state === 'verified' || state === 'live')
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBe(true)
    const arrived = new Set(told(collector))
    const existed = [...simulator.ledger.identities('message', ...span)]
    expect(existed.length).toBeGreaterThan(200)
    expect(existed.filter(identity => !arrived.has(identity))).toEqual([])
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  }, 240_000)
})
