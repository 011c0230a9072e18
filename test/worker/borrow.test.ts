/** One token for the live stream and its archive, as whole processes in virtual time. */
import { describe, expect, it } from 'vitest'
import { HOUR_MS, hourOf, parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import type { PodBehaviour } from '../../src/simulator/options.ts'
import { identityOf } from '../../src/simulator/streams.ts'
import { readState } from '../../src/state/read.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { account, logOf, simulated, stateDirectory, worker } from '../support/worker.ts'

const soon = { timeout: 60_000, interval: 100 }
const MINUTE = 60_000
const late = { timeout: 180_000, interval: 300 }
const FIRST_WHOLE_HOUR = Date.parse('2026-11-22T03:00:00Z')
const stream = `pod/message@${account.clusterId}`
const BORROWED = 'the archive was read with the live token'

/** A simulator and the settings of a worker that has one token; an hour passes in 3600 / `factor` seconds. */
async function rehearsal(pod: Partial<PodBehaviour> = {}, factor = 360) {
  const spec = `${factor}x@2026-11-22T02:50:00Z/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const simulator = await simulated({ clock, rates: { message: 0.08 }, pod })
  let collectorAnswers = Promise.resolve()
  const collector = await judgingCollector(() => collectorAnswers.then(() => ({ status: 200 })))
  const state = stateDirectory()
  const env = {
    PROOFPOINT_REHEARSAL_CLOCK: spec,
    PROOFPOINT_POD_STREAMS: 'message',
    PROOFPOINT_TAP_PRINCIPAL: '',
    PROOFPOINT_TAP_SECRET: '',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
  }
  const run = () => worker({ simulator, state: state.path, collector: new URL(collector.url).origin, env })
  /** What `report` tells of the stream, without a process for each look. */
  const look = () => {
    const reader = readState(state.path)
    const borrowing = reader.streams().find(one => one.stream === stream)?.borrowing
    const hours = reader.hours()
    reader.close()
    return { borrowing, hours, states: hours.map(hour => hour.state) }
  }
  /** Cuts the live connection, so that its hours are suspect. */
  const cut = async () => {
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(20)
    simulator.control({ command: 'drop', type: 'message' })
    await expect.poll(() => look().states, soon).toContain('suspect')
  }
  const archiveSession = () =>
    expect.poll(() => simulator.sessions('message').some(({ mode }) => mode === 'archive'), {
      timeout: 60_000,
      interval: 2,
    })
  /** What existed in the hours that are said to be proven, and did not arrive. */
  const missing = () => {
    const arrived = new Set(collector.taken.map(body => identityOf(JSON.parse(body))))
    const proven = look()
      .hours.filter(({ state }) => state === 'verified' || state === 'live')
      .map(({ hour }) => hour)
      // Of its first hour the worker saw a part, and of this one not all has come.
      .filter(hour => hour >= FIRST_WHOLE_HOUR && hour < hourOf(clock.now() - HOUR_MS))
    const existed = proven.flatMap(hour => [...simulator.ledger.identities('message', hour, hour + HOUR_MS)])
    return { proven: proven.length, missing: existed.filter(identity => !arrived.has(identity)) }
  }
  return {
    clock,
    simulator,
    run,
    look,
    cut,
    archiveSession,
    missing,
    /** The Collector takes requests and answers none before `answers`. */
    collectorStalls(answers: Promise<void>) {
      collectorAnswers = answers
    },
    async [Symbol.asyncDispose]() {
      await simulator.close()
      await collector[Symbol.asyncDispose]()
      state[Symbol.dispose]()
    },
  }
}

describe.concurrent('with one token for both', () => {
  it('the archive is read in turns with the live stream, until nothing missing makes that trusted', async ({
    expect,
  }) => {
    await using rehearsed = await rehearsal({ archiveMovesResume: false })
    const { run, look, cut, missing, clock } = rehearsed
    await using running = run()
    await cut()
    await expect.poll(() => look().borrowing, late).toBe('trusted')
    const trustedAt = clock.now()
    expect(running.err()).toContain('is trusted from now on')
    expect(look().states).toContain('verified')
    await expect.poll(() => look().states, late).not.toContain('suspect')
    const doubts = look()
      .hours.flatMap(({ changes }) => changes)
      .filter(({ reason, at }) => reason === BORROWED && at > trustedAt + HOUR_MS / 4)
    expect(doubts).toEqual([])
    expect(missing()).toEqual({ proven: expect.toSatisfy(hours => hours > 1), missing: [] })
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  }, 400_000)

  it('a server that moves the live stream’s place is found out and told, and all its hours become verified', async ({
    expect,
  }) => {
    await using rehearsed = await rehearsal({ archiveMovesResume: true })
    const { run, look, cut, missing } = rehearsed
    await using running = run()
    await cut()
    await expect.poll(() => look().borrowing, late).toBe('withdrawn')
    expect(logOf(running).find(({ code }) => code === 'pod-borrow-withdrawn')?.msg).toContain(
      'PROOFPOINT_POD_ARCHIVE_TOKEN',
    )
    expect(running.err()).not.toContain('is trusted from now on')
    await expect
      .poll(() => look().states.filter(state => state === 'verified').length, late)
      .toBeGreaterThan(2)
    expect(missing().missing).toEqual([])
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  }, 400_000)

  it('live delivery comes first after the Collector answered late, though hours became due meanwhile', async ({
    expect,
  }) => {
    // Refusals would be followed by waits in real time, by chance as long as the hour that PoD keeps is here.
    await using rehearsed = await rehearsal({}, 120)
    const { run, cut, look, clock, collectorStalls, missing } = rehearsed
    await using running = run()
    await cut()
    const suspects = look().hours.filter(({ state }) => state === 'suspect')
    const dueAt = Math.min(...suspects.map(({ hour }) => hour)) + HOUR_MS + 45 * MINUTE
    await clock.sleep(dueAt - 4 * MINUTE - clock.now())
    const stall = clock.sleep(dueAt + 12 * MINUTE - clock.now())
    collectorStalls(stall)
    await stall
    await expect.poll(() => running.err(), soon).toContain('live delivery rests')
    const said = running.err()
    expect(said).toMatch(/what was read live took too long to deliver.*live delivery rests/s)
    expect(said).not.toContain('pod-gap')
    expect(missing().missing).toEqual([])
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  }, 400_000)

  it('a kill while the token is borrowed makes that time suspect, and live delivery goes on', async ({
    expect,
  }) => {
    await using rehearsed = await rehearsal()
    const { run, look, cut, archiveSession, clock } = rehearsed
    await using running = run()
    await cut()
    await archiveSession().toBe(true)
    const borrowedAt = clock.now()
    running.signal('SIGKILL')
    await running.ended
    await using again = run()
    await expect.poll(() => again.err(), soon).toContain(`${stream} is open`)
    const hour = hourOf(borrowedAt)
    expect(look().hours.find(one => one.hour === hour)?.state).toBe('suspect')
    again.signal('SIGTERM')
    expect(await again.ended).toBe(0)
  }, 400_000)

  it('SIGTERM while the token is borrowed ends cleanly, and the suspicion outlives it', async ({
    expect,
  }) => {
    await using rehearsed = await rehearsal()
    const { run, look, cut, archiveSession, simulator } = rehearsed
    await using running = run()
    await cut()
    await archiveSession().toBe(true)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(logOf(running).at(-1)?.msg).toBe('stopped: everything that was read is delivered')
    expect(simulator.sessions()).toEqual([])
    expect(look()).toMatchObject({ borrowing: 'undecided' })
    expect(look().states.at(-1)).toBe('suspect')
  }, 400_000)
})
