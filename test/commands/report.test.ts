import { describe, expect, it, onTestFinished } from 'vitest'
import { HOUR_MS, real } from '../../src/clock.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { handClock, opened, temporaryDirectory } from '../state/directories.ts'
import { deliveredWith, live, never, receiptOf, repair } from '../state/receipts.ts'
import { commandResult } from '../support/command.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { account, simulated, stateDirectory, worker } from '../support/worker.ts'

const STREAM = 'pod/message@test'
const START = Date.parse('2026-11-22T00:00:00Z')
const at = (hours: number) => START + hours * HOUR_MS
const iso = (hours: number) => new Date(at(hours)).toISOString()

/** A clock that stands still at that hour. */
const standingAt = (hours: number) => ({
  PROOFPOINT_REHEARSAL_CLOCK: `0.0000001x@${iso(hours)}/${new Date(real.now()).toISOString()}`,
})

/**
 * Hours 0 to 2 and 5 are live, 3 is verified, 4 suspect, 6 has a dead letter and lasts until 6.5. It is 6.6, or as `now` says
 * in hours.
 */
async function reportOf(env: Record<string, string> = {}, now = 6.6) {
  const directory = temporaryDirectory()
  const clock = handClock(START)
  const state = opened(directory, clock)
  state.begin()
  const ledger = state.ledger(STREAM, podArchive)
  ledger.sessionOpened(START)
  for (const hours of [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.2, 6.5]) {
    clock.moveTo(at(hours))
    const name = hours === 6.2 ? 'bad' : 'good'
    await state.commit(
      live(STREAM),
      await receiptOf([`${at(hours)}:${name}`], { observedAt: at(hours) }),
      never,
    )
  }
  ledger.suspectBetween(at(3), at(5), 'a reset')
  for (const hours of [8, 8.5, 9]) {
    clock.moveTo(at(hours))
    const read = ledger.beginRead(at(3))
    const page = { read, known: ledger.known }
    await state.commit(repair(STREAM), await receiptOf([`${at(3.5)}:good`, `${at(3.6)}:new`], page), never)
    ledger.endRead(read, 'complete')
  }
  state.endCleanly()
  state.close()
  return (...args: string[]) =>
    commandResult(['report', ...args], { PROOFPOINT_STATE_DIR: directory, ...standingAt(now), ...env })
}

describe('report', () => {
  it('tells the state of every hour, and folds those that are equal', async () => {
    const report = await reportOf()
    const { code, out } = await report()
    expect(code).toBe(0)
    expect(out.split('\n').map(line => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      expect.stringMatching(/^report of 2026-11-22T06:36:00\.\d{3}Z$/),
      'last run: began 2026-11-22T00:00:00.000Z, ended cleanly 2026-11-22T09:00:00.000Z',
      '',
      'pod/message@test: last commit 2026-11-22T06:30:00.000Z, NOT covered since 2026-11-22T06:30:00.000Z (6 min)',
      ' | 2026-11-22T00:00Z to 2026-11-22T02:00Z (3 h) | live | 3 delivered',
      ' | 2026-11-22T03:00Z | verified | 1 delivered, 1 by repair, 5 already delivered | (three reads of the archive agree)',
      ' | 2026-11-22T04:00Z | suspect | 1 delivered | (a reset; to be read now)',
      ' | 2026-11-22T05:00Z to 2026-11-22T06:00Z (2 h) | live | 2 delivered, 1 dead letters',
      '',
      'dead letters: 1 refused, 27 bytes',
      '',
    ])
  })

  it.each([
    [0, 3, 0, 4],
    [3, 4, 0, 0],
    [2, 4, 0, 4],
    [4, 5, 4, 4],
    [5, 6, 0, 4],
    [6, 6.4, 4, 4],
    [-1, 1, 4, 4],
    [5, 9, 4, 4],
  ])('from hour %d to %d is complete with code %d, and verified with %d', async (from, to, code, strict) => {
    const report = await reportOf()
    const span = ['--from', iso(from), '--to', iso(to)]
    expect((await report(...span)).code).toBe(code)
    const { code: strictCode, out } = await report(...span, '--strict', '--json')
    expect(strictCode).toBe(strict)
    expect(JSON.parse(out)).toMatchObject({ complete: strict === 0, span: { strict: true } })
  })

  it('keeps its columns apart when hundreds of hours are one line', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory, handClock(at(400)))
    state.begin()
    state.ledger(STREAM, podArchive).suspectBetween(at(0), at(313), 'away')
    state.endCleanly()
    state.close()
    const { out } = await commandResult(['report'], { PROOFPOINT_STATE_DIR: directory })
    expect(out).toMatch(/ \(313 h\) {2}suspect +0 delivered/)
  })

  it('says why a span is not complete', async () => {
    const report = await reportOf()
    const { out } = await report('--from', iso(3), '--to', iso(7))
    expect(out).toMatch(
      /: NOT complete: 2 hours not proven, first 2026-11-22T04:00Z of pod\/message@test \(suspect: a reset\), 1 open dead letters\n$/,
    )
    expect((await report('--from', iso(0), '--to', iso(3))).out).toMatch(/: complete\n$/)
  })

  it.each([
    [6, 6.6, false, 'it lasts still'],
    [6, 7.5, false, 'live delivery covers it only until 2026-11-22T06:30:00.000Z'],
    [-1, 7.5, false, 'unknown'],
    [5, 7.5, true, 'live, not verified yet'],
  ])('names the first hour that is not proven: %d, at %d', async (hours, now, strict, why) => {
    const report = await reportOf({}, now)
    const span = ['--from', iso(hours), '--to', iso(hours + 1), ...(strict ? ['--strict'] : [])]
    const hour = `${iso(hours).slice(0, 13)}:00Z`
    expect((await report(...span)).out).toContain(`an hour not proven, first ${hour} of ${STREAM} (${why})`)
    const { firstOpenHour } = JSON.parse((await report(...span, '--json')).out)
    expect(firstOpenHour).toEqual({ stream: STREAM, hour, why })
  })

  it('says since when a stream is not covered, only when that is long', async () => {
    expect((await (await reportOf({}, 6.55))()).out).toContain('covered until 2026-11-22T06:30:00.000Z\n')
    expect((await (await reportOf({}, 8.5))()).out).toContain(
      'NOT covered since 2026-11-22T06:30:00.000Z (2 h 0 min)',
    )
    expect((await (await reportOf({}, 60))()).out).toContain('(2 d 5 h)')
  })

  it.each([
    ['next read 2026-11-22T05:45Z', 5.2, {}],
    ['to be read now', 6.6, {}],
    ['not read again: PROOFPOINT_POD_REPAIR=never', 6.6, { PROOFPOINT_POD_REPAIR: 'never' }],
    ['not read again: these settings do not name the stream', 6.6, { PROOFPOINT_POD_CLUSTER_ID: 'another' }],
    ['not read again: these settings do not name the stream', 6.6, { PROOFPOINT_TAP_PRINCIPAL: 'tap-only' }],
    ['to be read now', 6.6, { PROOFPOINT_POD_CLUSTER_ID: 'test' }],
    ['not read again: the archive keeps it no more', 24 * 31, {}],
  ])('says of a suspect hour: %s', async (words, now, env) => {
    const report = await reportOf(env, now)
    expect((await report()).out).toContain(`(a reset; ${words})`)
  })

  /** A stream whose events all became letters, one in the middle of each hour, in a room of so many bytes. */
  async function lettersOf(bytes: number, letters: readonly ('refused' | 'oversize')[]) {
    const directory = temporaryDirectory()
    const clock = handClock(START)
    const state = opened(directory, clock, { bytes, policy: 'oldest-out', onEvicted: () => {} })
    state.begin()
    state.ledger(STREAM, podArchive).sessionOpened(START)
    for (const [hour, cause] of letters.entries()) {
      clock.moveTo(at(hour + 0.5))
      const texts = [`${at(hour + 0.5)}:${cause === 'refused' ? 'bad' : 'long'}`.padEnd(90, '.')]
      const receipt = await (cause === 'refused' ? receiptOf(texts) : deliveredWith(cause, texts))
      await state.commit(live(STREAM), receipt, never)
    }
    clock.moveTo(at(letters.length))
    await state.commit(live(STREAM), await receiptOf([], { observedAt: clock.now() }), never)
    state.endCleanly()
    state.close()
    return (...args: string[]) => commandResult(['report', ...args], { PROOFPOINT_STATE_DIR: directory })
  }
  const hour = (from: number) => ['--from', iso(from), '--to', iso(from + 1)]

  it('never calls an hour complete from which an undelivered event is gone, and says so', async () => {
    const report = await lettersOf(100, ['refused', 'refused'])
    expect((await report()).out.replaceAll(/ {2,}/g, ' | ')).toContain(
      ' | 2026-11-22T00:00Z | live | 0 delivered, 1 dead letters, 1 evicted dead letters\n',
    )
    const { code, out } = await report(...hour(0))
    expect(code).toBe(4)
    expect(out).toMatch(/: NOT complete: 1 evicted dead letters\n$/)
    expect((await report(...hour(1))).out).toMatch(/: NOT complete: 1 open dead letters\n$/)
  })

  it('never calls an hour complete whose undelivered event was dropped, though it was read again since', async () => {
    const directory = temporaryDirectory()
    const clock = handClock(START)
    const state = opened(directory, clock)
    state.begin()
    const ledger = state.ledger(STREAM, podArchive)
    ledger.sessionOpened(START)
    const texts = [`${at(0.2)}:bad one`]
    await state.commit(live(STREAM), await receiptOf(texts, { observedAt: at(0.2) }), never)
    state.deadLetters.drop([1])
    ledger.suspectBetween(at(0), at(1), 'a reset')
    for (const hours of [3, 3.5, 4]) {
      clock.moveTo(at(hours))
      const read = ledger.beginRead(at(0))
      await state.commit(repair(STREAM), await receiptOf(texts, { read, known: ledger.known }), never)
      ledger.endRead(read, 'complete')
    }
    state.endCleanly()
    state.close()
    const { code, out } = await commandResult(['report', ...hour(0), '--strict'], {
      PROOFPOINT_STATE_DIR: directory,
    })
    expect(code).toBe(4)
    expect(out.replaceAll(/ {2,}/g, ' | ')).toContain(
      ' | 2026-11-22T00:00Z | verified | 0 delivered, 3 already delivered, 1 dead letters, 1 dropped dead letters | (',
    )
    expect(out).toMatch(/: NOT complete: 1 dropped dead letters\n$/)
  })

  it('calls an hour complete whose record was delivered with a cut body, with and without the original', async () => {
    for (const [bytes, line] of [
      [100, 'dead letters: 1 oversize, 100 bytes'],
      [99, 'dead letters evicted: 1 oversize, 100 bytes'],
    ] as const) {
      const report = await lettersOf(bytes, ['oversize'])
      const { code, out } = await report(...hour(0))
      expect(code).toBe(0)
      expect(out.split('\n')).toContain(line)
    }
  })

  it.each([
    [['--from', iso(0)], '--from and --to'],
    [['--from', 'yesterday', '--to', iso(0)], '--from and --to'],
    [['--from', '2026-11-22T02:00:00', '--to', '2026-11-22T06:00:00Z'], '--from and --to'],
    [['--from', '2026-11-22T02:00:00Z', '--to', '22 Nov 2026 06:00'], '--from and --to'],
    [['--from', '1', '--to', '2'], '--from and --to'],
    [['--from', iso(1), '--to', iso(1)], '--to must be after'],
    [['--from', iso(0), '--to', iso(24 * 367)], '366 days'],
    [['--strict'], '--strict is for a span'],
  ])('%j is refused in one line with code 2', async (args, words) => {
    const { code, err } = await commandResult(['report', ...args], {})
    expect(code).toBe(2)
    expect(err).toContain(words)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('names the hours in which a running worker lost its connection, and those around a kill', async () => {
    const simulator = await simulated({ rates: { message: 20 } })
    onTestFinished(() => simulator.close())
    await using collector = await judgingCollector(() => ({ status: 200 }))
    using state = stateDirectory()
    const env = { PROOFPOINT_POD_STREAMS: 'message,audit', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
    const origin = new URL(collector.url).origin
    await using running = worker({ simulator, state: state.path, collector: origin, env })
    const reasonsOf = async (type: string) => {
      const { out } = await commandResult(['report', '--json'], { PROOFPOINT_STATE_DIR: state.path })
      const { streams } = JSON.parse(out) as {
        streams: { stream: string; hours: { state: string; reason: string | null }[] }[]
      }
      const hours = streams.find(({ stream }) => stream === `pod/${type}@${account.clusterId}`)?.hours
      return hours?.map(({ state, reason }) => `${state}: ${reason}`).at(-1)
    }
    const soon = { timeout: 15_000, interval: 50 }
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(20)
    expect(await reasonsOf('message')).toBe('live: null')
    simulator.control({ command: 'drop', type: 'message' })
    await expect.poll(() => reasonsOf('message'), soon).toMatch(/^suspect: .*connection/)
    expect(await reasonsOf('audit')).toBe('live: null')
    running.signal('SIGKILL')
    await running.ended
    expect(await reasonsOf('audit')).toBe('suspect: the worker did not end cleanly')
  })
})
