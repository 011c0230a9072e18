/** An archive that refuses hours (HTTP 400), on a real ledger. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../src/clock.ts'
import { type ErrorCode, KnownError } from '../../src/errors.ts'
import { workerLog } from '../../src/operations/log.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { readState } from '../../src/state/read.ts'
import { type RepairLane, repairLane } from '../../src/worker/repair.ts'
import { handClock, opened, temporaryDirectory } from '../state/directories.ts'

const START = Date.parse('2026-11-22T02:20:00Z')
const SUSPECT = [22, 23].map(hour => Date.parse(`2026-11-20T${hour}:00:00Z`))
const STREAM = 'pod/message@test'
const lifetime = { stop: new AbortController().signal, abort: new AbortController().signal }

/** A stream with two suspect hours, whose archive refuses each. */
function refusing({ mayBeUnsupported = false, code = 'pod-bad-request' as ErrorCode } = {}) {
  const clock = handClock(START)
  const directory = temporaryDirectory()
  const state = opened(directory, clock)
  onTestFinished(() => state.close())
  state.begin()
  const ledger = state.ledger(STREAM, podArchive)
  ledger.sessionOpened(START)
  ledger.suspectBetween(SUSPECT[0]!, SUSPECT[1]! + HOUR_MS, 'a reset')
  const asked: number[] = []
  let log = ''
  const lane: RepairLane = {
    stream: STREAM,
    ledger,
    repair: 'suspect',
    sourceOf: ({ hour }) => ({
      name: STREAM,
      lane: 'repair',
      async *read() {
        asked.push(hour)
        yield* []
        throw new KnownError(code, 'HTTP 400 bad sinceTime')
      },
    }),
    mayBeUnsupported,
    refusedSince: new Map(),
    mapper: { map: unused, uid: unused, text: unused },
    exporter: { export: unused, close: async () => {} },
    state,
    clock: { ...clock, sleep: unused },
    log: workerLog({
      level: 'info',
      format: 'json',
      colour: false,
      destination: { write: line => (log += line) },
    }),
  }
  const states = () => {
    const reader = readState(directory)
    const hours = reader.hours({ from: SUSPECT[0]!, to: SUSPECT[1]! + 1 })
    reader.close()
    return hours.map(({ state }) => state)
  }
  return { clock, ledger, lane, asked, states, log: () => log, run: () => repairLane(lane, lifetime) }
}

function unused(): never {
  throw new Error('there is nothing to deliver and nothing to wait for')
}

describe('an hour that the archive refuses', () => {
  it('ends the run, so that the next hour is not asked for at once, and stays suspect', async () => {
    const { run, asked, states } = refusing()
    await expect(run()).rejects.toMatchObject({ code: 'pod-bad-request' })
    expect(asked).toEqual([SUSPECT[0]])
    await expect(run()).rejects.toMatchObject({ code: 'pod-bad-request' })
    expect(asked).toEqual(SUSPECT)
    expect(states()).toEqual(['suspect', 'suspect'])
  })

  it('is lost, and told so, when it has been refused for a day, and not before', async () => {
    const { clock, ledger, run, asked, states, log } = refusing()
    while (!states().includes('lost')) {
      expect(clock.now()).toBeLessThan(START + 2 * DAY_MS)
      clock.moveTo(Math.max(clock.now(), ledger.nextDueAt('suspect')!))
      await expect(run()).rejects.toMatchObject({ code: 'pod-bad-request' })
    }
    expect(clock.now()).toBeGreaterThanOrEqual(START + DAY_MS)
    expect(asked.length).toBeGreaterThan(6)
    expect(asked.length).toBeLessThan(30)
    expect(log()).toContain('"code":"hour-lost"')
    expect(log()).toContain('the hour 2026-11-20T22:00Z (HTTP 400 bad sinceTime)')
  })

  it('says of a type that the archive may not serve that it does not, after a day, and nothing more is asked for', async () => {
    const { clock, run, states, ledger, log } = refusing({ mayBeUnsupported: true })
    for (let due = ledger.nextDueAt('suspect'); due !== undefined; due = ledger.nextDueAt('suspect')) {
      expect(clock.now()).toBeLessThan(START + 2 * DAY_MS)
      clock.moveTo(Math.max(clock.now(), due))
      await expect(run()).rejects.toMatchObject({ code: 'pod-bad-request' })
    }
    expect(clock.now()).toBeGreaterThanOrEqual(START + DAY_MS)
    expect(states()).toEqual(['suspect', 'suspect'])
    expect(log().split('"code":"archive-unsupported"')).toHaveLength(2)
  })

  it('is lost, too, when for a day the archive sent a frame of it that is too large', async () => {
    const { clock, ledger, run, asked, states } = refusing({ code: 'pod-frame-too-big' })
    while (!states().every(state => state === 'lost')) {
      expect(clock.now()).toBeLessThan(START + 2 * DAY_MS)
      clock.moveTo(Math.max(clock.now(), ledger.nextDueAt('suspect')!))
      await expect(run()).rejects.toMatchObject({ code: 'pod-frame-too-big' })
    }
    expect(asked.length).toBeLessThan(30)
  })
})
