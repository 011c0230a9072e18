/** Hours before the first start, and others that nothing is proven of, in virtual time and with whole processes. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { HOUR_MS, parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { identityOf, tapArrays } from '../../src/simulator/streams.ts'
import { handClock, opened, temporaryDirectory } from '../state/directories.ts'
import { live, never, receiptOf } from '../state/receipts.ts'
import { command, commandResult, type RunningCommand } from '../support/command.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { account, secrets, simulated, workerEnv } from '../support/worker.ts'

const stream = `pod/message@${account.clusterId}`
const START = Date.parse('2026-11-22T08:20:00Z')
/** `3` is three o'clock on the day of the start. */
const at = (hour: number) => new Date(Date.parse('2026-11-22T00:00:00Z') + hour * HOUR_MS).toISOString()
const span = (from: number, to: number) => ['--stream', stream, '--from', at(from), '--to', at(to)]

const FACTOR = 600
const soon = { timeout: 60_000, interval: 200 }

/** A simulator, and commands in the same virtual time: an hour passes in six seconds. */
async function rehearsal({
  archiveToken,
  env: more = {},
  directory = temporaryDirectory(),
}: {
  archiveToken?: string
  env?: Record<string, string>
  directory?: string
} = {}) {
  const spec = `${FACTOR}x@${new Date(START).toISOString()}/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const simulator = await simulated({
    clock,
    rates: { message: 0.02, messagesDelivered: 0.01, clicksBlocked: 0.01 },
    tokens: [secrets.token, ...(archiveToken ? [archiveToken] : [])],
  })
  const collector = await judgingCollector(() => ({ status: 200 }))
  const env = {
    ...workerEnv({ simulator, state: directory, collector: new URL(collector.url).origin }),
    PROOFPOINT_REHEARSAL_CLOCK: spec,
    PROOFPOINT_POD_STREAMS: 'message',
    ...(archiveToken && { PROOFPOINT_POD_ARCHIVE_TOKEN: archiveToken }),
    PROOFPOINT_TAP_PRINCIPAL: '',
    PROOFPOINT_TAP_SECRET: '',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ...more,
  }
  const running: RunningCommand[] = []
  onTestFinished(async () => {
    for (const one of running) await one[Symbol.asyncDispose]()
    await simulator.close()
    await collector[Symbol.asyncDispose]()
  })
  const start = (...args: string[]) => {
    const started = command(args, env)
    running.push(started)
    return started
  }
  return {
    clock,
    collector,
    start,
    /** The states of the hours of a span, as the report tells them. */
    async states(from: number, to: number) {
      const { out } = await commandResult(['report', '--json', '--from', at(from), '--to', at(to)], env)
      const streams: { hours: { state: string }[] }[] = JSON.parse(out).streams
      return streams.flatMap(one => one.hours.map(hour => hour.state))
    },
    /** Identities of events of a span that did not arrive. */
    missing(
      from: number,
      to: number,
      streams: readonly ('message' | (typeof tapArrays)[number])[] = ['message'],
    ) {
      const arrived = new Set(collector.taken.map(body => identityOf(JSON.parse(body))))
      const existed = streams.flatMap(one => [
        ...simulator.ledger.identities(one, Date.parse(at(from)), Date.parse(at(to))),
      ])
      expect(existed.length).toBeGreaterThan(50)
      return existed.filter(identity => !arrived.has(identity))
    },
    /** Runs a worker until it holds the stream; stops it unless it is to stay. */
    async run({ stay = false, of = stream } = {}) {
      const worker = start('run')
      await expect.poll(() => worker.err(), soon).toContain(`${of} is open`)
      if (stay) return worker
      worker.signal('SIGTERM')
      expect(await worker.ended).toBe(0)
      return worker
    },
  }
}

/** The state of a worker that trusted borrowing, borrowed from 5:20 to 5:40, and got nothing live of that time. */
async function borrowedAtFive(directory: string): Promise<void> {
  const clock = handClock(Date.parse(at(5)))
  const state = opened(directory, clock)
  state.begin()
  const ledger = state.ledger(stream, podArchive)
  const borrows = state.borrows(stream)
  const commit = async () => state.commit(live(stream), await receiptOf([]), never)
  ledger.sessionOpened(clock.now())
  borrows.enter('trusted')
  clock.moveTo(Date.parse(at(5 + 1 / 3)))
  await commit()
  borrows.begin()
  clock.moveTo(Date.parse(at(5 + 2 / 3)))
  ledger.sessionOpened(clock.now())
  await commit()
  state.endCleanly()
  state.close()
}

describe('backfill', () => {
  it('reads the hours alone, until they are proven; then there is nothing left to do', async () => {
    const { run, start, states, missing, collector } = await rehearsal({ archiveToken: 'archive-token-1' })
    await run()
    const before = collector.taken.length
    const first = start('backfill', ...span(2, 6), '--yes')
    expect(await first.ended).toBe(0)
    expect(first.out()).toContain('4 of 4 hours proven')
    expect(first.err()).toContain('4 of 4 hours done')
    expect(await states(2, 6)).toEqual(Array(4).fill('verified'))
    expect(missing(2, 6)).toEqual([])
    const uids = collector.records.slice(before).map(record => record.uid)
    expect(new Set(uids).size).toBe(uids.length)
    const second = start('backfill', ...span(2, 6), '--yes')
    expect(await second.ended).toBe(0)
    expect(second.out()).toContain('4 hours skipped')
    const { err } = await run()
    expect(err()).not.toContain('did not end cleanly')
  }, 90_000)

  it('with the live token alone makes the hours suspect that the stream may miss by it', async () => {
    const { run, start, states } = await rehearsal()
    await run()
    const alone = start('backfill', ...span(4, 5), '--yes')
    expect(await alone.ended).toBe(0)
    expect(await states(4, 5)).toEqual(['verified'])
    expect(await states(8, 12)).toContain('suspect')
  }, 90_000)

  it('that shows what the live token costs ends the trust in it, and its own borrow is suspect too', async () => {
    const directory = temporaryDirectory()
    await borrowedAtFive(directory)
    const { start, states } = await rehearsal({ directory })
    const alone = start('backfill', ...span(5, 6), '--yes')
    expect(await alone.ended).toBe(0)
    expect(alone.err()).toContain('pod-borrow-withdrawn')
    expect(await states(5, 6)).toEqual(['verified'])
    expect(await states(8, 9)).toEqual(['suspect'])
  }, 90_000)

  it.each([
    ['a token for the archive', { archiveToken: 'archive-token-1' }],
    ['the live token, which it borrows', {}],
  ])(
    'is done by the running worker with %s, and goes on without whoever asked for it',
    async (_, tokens) => {
      const { run, start, states, missing } = await rehearsal(tokens)
      const worker = await run({ stay: true })
      const first = start('backfill', ...span(2, 6), '--yes')
      await expect.poll(() => first.err(), soon).toContain('the running worker reads them')
      first.signal('SIGINT')
      expect(await first.ended).toBe(4)
      expect(first.out()).toContain('4 hours still to be read: a running worker goes on with them')
      const second = start('backfill', ...span(2, 6), '--yes')
      expect(await second.ended).toBe(0)
      expect(await states(2, 6)).toEqual(Array(4).fill('verified'))
      expect(missing(2, 6)).toEqual([])
      worker.signal('SIGTERM')
      expect(await worker.ended).toBe(0)
    },
    90_000,
  )

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'goes on where %s ended it',
    async signal => {
      const { run, start, states, missing, collector } = await rehearsal({ archiveToken: 'archive-token-1' })
      await run()
      const before = collector.taken.length
      const first = start('backfill', ...span(-20, 6), '--yes')
      await expect.poll(() => collector.taken.length, { ...soon, interval: 5 }).toBeGreaterThan(before + 100)
      first.signal(signal)
      expect(await first.ended).toBe(signal === 'SIGKILL' ? signal : 4)
      expect(await states(-20, 6)).toContain('suspect')
      const second = start('backfill', ...span(-20, 6), '--yes')
      expect(await second.ended).toBe(0)
      expect(await states(-20, 6)).toEqual(Array(26).fill('verified'))
      expect(missing(-20, 6)).toEqual([])
    },
    90_000,
  )
})

describe('backfill of TAP', () => {
  it('reads each hour once, alone or not', async () => {
    const tap = `tap@${account.principal}`
    const { run, start, states, missing } = await rehearsal({
      env: {
        PROOFPOINT_POD_CLUSTER_ID: '',
        PROOFPOINT_POD_TOKEN: '',
        PROOFPOINT_TAP_PRINCIPAL: account.principal,
        PROOFPOINT_TAP_SECRET: secrets.tap,
        PROOFPOINT_TAP_SWEEP: 'off',
      },
    })
    await run({ of: tap })
    const ofTap = (from: number, to: number) => ['--stream', tap, '--from', at(from), '--to', at(to), '--yes']
    const alone = start('backfill', ...ofTap(2, 4))
    expect(await alone.ended).toBe(0)
    expect(alone.out()).toContain(
      "2 hours to be read, in at least 2 requests; 180 of a day's are kept for backfill",
    )
    // A poll takes no place from anyone, so that nothing is doubted.
    expect(await states(7, 9)).not.toContain('suspect')
    const worker = await run({ of: tap, stay: true })
    const handedOver = start('backfill', ...ofTap(3, 6))
    expect(await handedOver.ended).toBe(0)
    expect(handedOver.out()).toContain('an hour skipped')
    expect(await states(2, 6)).toEqual(Array(4).fill('verified'))
    expect(missing(2, 6, tapArrays)).toEqual([])
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
  }, 90_000)
})

describe('PROOFPOINT_START', () => {
  it('brings the hours before the first start from the archive, to the minute where live delivery begins', async () => {
    const { start, states, missing } = await rehearsal({
      archiveToken: 'archive-token-1',
      env: { PROOFPOINT_START: '5h' },
    })
    const worker = start('run')
    await expect.poll(() => worker.err(), soon).toContain(`${stream} is open`)
    const [, since = ''] = /the hours since (\S+) are read from the archive/.exec(worker.err()) ?? []
    const first = (Date.parse(since) - Date.parse(at(0))) / HOUR_MS
    // The sixth hour is the one in which the stream was started: it may end after the first events came live.
    await expect.poll(() => states(first, first + 6), soon).toEqual(Array(6).fill('verified'))
    expect(missing(first, first + 6)).toEqual([])
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
    const later = start('run')
    await expect.poll(() => later.err(), soon).toContain(`${stream} is open`)
    expect(later.err()).not.toContain('as PROOFPOINT_START says')
  }, 90_000)

  it('further back than the archive is said, and begins with the oldest hour that is kept', async () => {
    const { start, states } = await rehearsal({ env: { PROOFPOINT_START: '2026-01-01T00:00:00Z' } })
    const worker = start('run')
    await expect.poll(() => worker.err(), soon).toContain('"code":"start-too-early"')
    const [, since = ''] = /begins with (\S+?):? /.exec(worker.err()) ?? []
    const first = (Date.parse(since) - Date.parse(at(0))) / HOUR_MS
    expect(first).toBeGreaterThan(-30 * 24 + 8)
    const [before, begin] = await states(first - 1, first + 1)
    expect(before).toBe('unknown')
    expect(begin).not.toBe('unknown')
  }, 90_000)
})
