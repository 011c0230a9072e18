/** Whole hours of TAP in virtual time: what is indexed late, even later than the look-back, arrives, and is told apart. */
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, hourOf, parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { identityOf, tapArrays } from '../../src/simulator/streams.ts'
import { hourOfRecord, ulidTime } from '../../src/ulid.ts'
import { commandResult, type RunningCommand } from '../support/command.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { account, logOf, simulated, stateDirectory, worker } from '../support/worker.ts'

const soon = { timeout: 30_000, interval: 50 }
const FACTOR = 1200
const BEGIN = Date.parse('2026-11-22T02:20:00Z')
const stream = `tap@${account.principal}`
const rates = { messagesDelivered: 0.02, messagesBlocked: 0.02, clicksPermitted: 0.01, clicksBlocked: 0.01 }

interface ReportedHour {
  readonly hour: string
  readonly state: string
  readonly delivered: number
  readonly repaired: number
  readonly reason: string | null
}

interface Options {
  readonly state: string
  readonly begin?: number
  readonly simulator?: Parameters<typeof simulated>[0]
}

/** A simulator and a worker of TAP alone, in the same virtual time: an hour passes in three seconds. */
async function rehearsal({ state, begin = BEGIN, simulator: options = {} }: Options) {
  const spec = `${FACTOR}x@${new Date(begin).toISOString()}/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const simulator = await simulated({ clock, rates, ...options })
  const collector = await judgingCollector(() => ({ status: 200 }))
  return {
    clock,
    simulator,
    collector,
    run: (env: Readonly<Record<string, string>> = {}) =>
      worker({
        simulator,
        state,
        collector: new URL(collector.url).origin,
        env: {
          PROOFPOINT_REHEARSAL_CLOCK: spec,
          PROOFPOINT_POD_CLUSTER_ID: '',
          PROOFPOINT_POD_TOKEN: '',
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
          ...env,
        },
      }),
    async report(): Promise<ReportedHour[]> {
      const { out } = await commandResult(['report', '--json'], { PROOFPOINT_STATE_DIR: state })
      const streams: { stream: string; hours: ReportedHour[] }[] = JSON.parse(out).streams
      return streams.find(one => one.stream === stream)?.hours ?? []
    },
    async [Symbol.asyncDispose]() {
      await simulator.close()
      await collector[Symbol.asyncDispose]()
    },
  }
}

const hourBegin = ({ hour }: ReportedHour) => Date.parse(hour.replace('Z', ':00Z'))

describe('the sweep', () => {
  it('reads each hour once more: late events arrive once, very late ones are counted, and hours are verified', async () => {
    using state = stateDirectory()
    await using rehearsed = await rehearsal({
      state: state.path,
      simulator: { tap: { duplicates: 0.2, veryLate: 0.1 } },
    })
    const { clock, simulator, collector, report } = rehearsed
    await using running = rehearsed.run({ PROOFPOINT_TAP_SWEEP: '5h' })
    await expect.poll(() => collector.records.length, soon).toBeGreaterThan(0)
    // The worker reads from an hour before its start on, whenever that is.
    const first = hourOf(clock.now())
    const span = [first, first + 3 * HOUR_MS] as const
    const isWithin = (hour: ReportedHour) => hourBegin(hour) >= span[0] && hourBegin(hour) < span[1]
    for (const fault of ['429', '500', 'broken', 'cut off'] as const)
      simulator.control({ command: 'failTap', fault, count: 1 })
    const isOver = async () => {
      const hours = (await report()).filter(isWithin)
      return hours.length === 3 && hours.every(({ state }) => state === 'verified')
    }
    await expect.poll(isOver, { timeout: 120_000, interval: 500 }).toBe(true)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)

    const { records } = collector
    expect(new Set(records.map(({ uid }) => uid)).size).toBe(records.length)
    const arrived = new Set(records.map(({ body }) => identityOf(JSON.parse(body))))
    const existed = tapArrays.flatMap(array => [...simulator.ledger.identities(array, ...span)])
    expect(existed.length).toBeGreaterThan(300)
    expect(existed.filter(identity => !arrived.has(identity))).toEqual([])

    const hours = await report()
    const ageOf = ({ uid, observedTimeUnixNano }: (typeof records)[number]) =>
      Number(BigInt(observedTimeUnixNano) / 1_000_000n) - ulidTime(uid)
    for (const reported of hours.filter(isWithin)) {
      const ofHour = records.filter(({ uid }) => hourOfRecord(uid, 0) === hourBegin(reported))
      const swept = ofHour.filter(record => ageOf(record) > 5 * HOUR_MS)
      expect(reported).toMatchObject({
        repaired: swept.length,
        delivered: ofHour.length - swept.length,
        reason: 'it was read again as a whole',
      })
    }
    const late = logOf(running).filter(line => line.code === 'tap-late')
    const told = late.reduce((sum, line) => sum + ('records' in line ? Number(line.records) : 0), 0)
    expect(told).toBe(hours.reduce((sum, { repaired }) => sum + repaired, 0))
    expect(told).toBeGreaterThan(0)
    expect(late[0]?.msg).toMatch(
      /: (a record|\d+ records) of the hour 2026-11-22T\d\d:00Z came over 45 min late, \d\.\d h at most: /,
    )
    expect(clock.now() - first).toBeGreaterThan(8 * HOUR_MS)
  }, 180_000)

  it('leaves hours live when it is off', async () => {
    using state = stateDirectory()
    await using rehearsed = await rehearsal({ state: state.path })
    await using running = rehearsed.run({ PROOFPOINT_TAP_SWEEP: 'off' })
    const states = async () => (await rehearsed.report()).map(({ state }) => state)
    const live = async () => (await states()).filter(state => state === 'live').length
    await expect.poll(live, { timeout: 60_000, interval: 300 }).toBeGreaterThan(3)
    expect(await states()).not.toContain('verified')
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  }, 90_000)

  it('names what an absence of nine days has lost, and goes on with what TAP still has', async () => {
    using state = stateDirectory()
    const quiet = { rates: { messagesBlocked: 0.002 } }
    const run = async (begin: number, until: (running: RunningCommand) => Promise<void>) => {
      await using rehearsed = await rehearsal({ state: state.path, begin, simulator: quiet })
      await using running = rehearsed.run()
      await until(running)
      running.signal('SIGTERM')
      expect(await running.ended).toBe(0)
      const existed = (from: number) => [
        ...rehearsed.simulator.ledger.identities('messagesBlocked', from, begin - HOUR_MS),
      ]
      return {
        hours: await rehearsed.report(),
        arrived: new Set(rehearsed.collector.records.map(({ body }) => identityOf(JSON.parse(body)))),
        existed,
        running,
        stoppedAt: rehearsed.clock.now(),
      }
    }
    const isOpen = (running: RunningCommand) => running.err().includes(`${stream} is open`)
    const before = await run(BEGIN, async running => {
      await expect.poll(() => isOpen(running), soon).toBe(true)
    })
    const later = BEGIN + 9 * DAY_MS
    const { hours, running, arrived, existed, stoppedAt } = await run(later, async running => {
      await expect.poll(() => isOpen(running), soon).toBe(true)
      const covered = async () => {
        const { out } = await commandResult(['report', '--json'], { PROOFPOINT_STATE_DIR: state.path })
        return Date.parse(JSON.parse(out).streams[0].coveredUntil)
      }
      await expect.poll(covered, { timeout: 60_000, interval: 300 }).toBeGreaterThan(later - HOUR_MS)
    })
    const gap = logOf(running).find(line => line.code === 'tap-gap')
    const [, ...span] = /^tap@example-principal: from (\S+Z) to (\S+Z)/.exec(gap?.msg ?? '') ?? []
    const [from = 0, to = 0] = span.map(text => Date.parse(text))
    // Hours may go by before either run has asked for anything.
    expect(from).toBeGreaterThanOrEqual(BEGIN - HOUR_MS)
    expect(from).toBeLessThan(before.stoppedAt)
    expect(to).toBeGreaterThan(later - 7 * DAY_MS)
    expect(to).toBeLessThan(stoppedAt - 7 * DAY_MS + HOUR_MS)
    const lost = hours.filter(({ state }) => state === 'lost')
    const [firstLost, lastLost] = [hourOf(from), hourOf(to - 1)]
    expect(lost.map(hourBegin)).toEqual(
      Array.from({ length: (lastLost - firstLost) / HOUR_MS + 1 }, (_, i) => firstLost + i * HOUR_MS),
    )
    const within = ['--from', '2026-11-23T00:00:00Z', '--to', '2026-11-23T01:00:00Z']
    const env = { PROOFPOINT_STATE_DIR: state.path }
    expect((await commandResult(['report', ...within], env)).code).toBe(4)
    expect(existed(to).length).toBeGreaterThan(500)
    expect(existed(to).filter(identity => !arrived.has(identity))).toEqual([])
  }, 120_000)
})
