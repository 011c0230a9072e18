/** The turns that live delivery and the archive take, on a real ledger; an hour passes in less than a second. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { HOUR_MS, hourOf, real, rehearsalClock } from '../../src/clock.ts'
import { KnownError } from '../../src/errors.ts'
import { workerLog } from '../../src/operations/log.ts'
import type { Lifetime, Page, Source } from '../../src/pipeline.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { openState } from '../../src/state/open.ts'
import { readState } from '../../src/state/read.ts'
import { type BorrowLane, inTurns } from '../../src/worker/borrow.ts'
import { roomy, temporaryDirectory } from '../state/directories.ts'

const MINUTE = 60_000
const START = Date.parse('2026-11-22T02:20:00Z')
const SUSPECT_HOUR = Date.parse('2026-11-21T22:00:00Z')
const STREAM = 'pod/message@test'
const soon = { timeout: 20_000, interval: 5 }
const taken = (code: 'pod-session-zombie' | 'pod-session-stranger') =>
  new KnownError(code, 'the token is in use', { afterMs: 1_000 })

/** After `openMs` the live session is closed; what it read is delivered so much later. */
interface Trouble {
  readonly openMs?: number
  readonly blockedMs: number
}

/** A stream with a suspect hour, whose archive is read by `read`. The first live sessions have these troubles. */
function turns(
  read: Source['read'],
  {
    repair = 'suspect',
    troubles = [],
  }: { repair?: BorrowLane['repair']; troubles?: readonly Trouble[] } = {},
) {
  const clock = rehearsalClock({ factor: 6_000, virtualAnchor: START, realAnchor: real.now() })
  const directory = temporaryDirectory()
  const state = openState(directory, {
    clock,
    deadLetterRoom: roomy,
    onTrouble: unused,
    onRecovery: unused,
    onSetAside: unused,
  })
  state.begin()
  const ledger = state.ledger(STREAM, podArchive)
  ledger.sessionOpened(START)
  ledger.suspectBetween(SUSPECT_HOUR, SUSPECT_HOUR + HOUR_MS, 'a reset')
  const readAfter: number[] = []
  let log = ''
  const lane: BorrowLane = {
    stream: STREAM,
    ledger,
    repair,
    borrows: state.borrows(STREAM),
    session: () => {
      const last = sessions.at(-1)
      return last && { since: last.from, until: last.to }
    },
    sourceOf: () => ({
      name: STREAM,
      lane: 'repair',
      read(from, stop) {
        readAfter.push(sessions.length)
        return read(from, stop)
      },
    }),
    mayBeUnsupported: false,
    refusedSince: new Map(),
    mapper: { map: unused, uid: unused, text: unused },
    exporter: { export: unused, close: async () => {} },
    state,
    clock,
    log: workerLog({
      level: 'info',
      format: 'json',
      colour: false,
      destination: { write: line => (log += line) },
    }),
  }
  const sessions: { from: number; to?: number }[] = []
  const live = async ({ stop }: Lifetime) => {
    const session: (typeof sessions)[number] = { from: clock.now() }
    sessions.push(session)
    const { openMs = Number.MAX_SAFE_INTEGER, blockedMs = 0 } = troubles[sessions.length - 1] ?? {}
    await clock.sleep(openMs, stop)
    const wasStopped = stop.aborted
    session.to = clock.now()
    await clock.sleep(blockedMs)
    if (!wasStopped && !stop.aborted) throw new KnownError('delivery-blocked', 'the collector was down')
  }
  const stop = new AbortController()
  const ended = inTurns(live, lane, { stop: stop.signal, abort: new AbortController().signal })
  onTestFinished(async () => {
    stop.abort()
    await Promise.allSettled([ended])
    state.close()
  })
  const suspects = () => {
    const reader = readState(directory)
    const hours = reader.hours().filter(hour => hour.state === 'suspect')
    reader.close()
    return hours.map(({ hour }) => hour)
  }
  return { sessions, stop, ended, lane, suspects, readAfter, reads: () => readAfter.length, log: () => log }
}

function unused(): never {
  throw new Error('no event comes')
}

/** An archive without events. */
async function* pages(over?: Promise<unknown>): AsyncGenerator<Page> {
  await over
  yield* []
}
const nothing: Source['read'] = () => pages()
const endless: Source['read'] = (_, stop) => pages(real.sleep(60_000, stop))
const failing = (...errors: KnownError[]): Source['read'] => {
  const next = errors.values()
  return () => {
    const { value } = next.next()
    return pages(value && Promise.reject(value))
  }
}

describe('live delivery and the archive', () => {
  it('take turns: what is due is read, and live is held for ten minutes in between whatever is due', async () => {
    const { sessions, stop, ended, reads } = turns(nothing, { repair: 'always' })
    await expect.poll(() => sessions.length, soon).toBe(4)
    stop.abort()
    await ended
    for (const { from, to } of sessions.slice(0, 3)) expect(to! - from).toBeGreaterThanOrEqual(10 * MINUTE)
    expect(reads()).toBeGreaterThanOrEqual(3)
  })

  it('begin with live when its session was closed for want of a collector: the archive is not read meanwhile', async () => {
    const { ended, reads } = turns(nothing, { troubles: [{ openMs: 5 * MINUTE, blockedMs: 55 * MINUTE }] })
    await expect(ended).rejects.toMatchObject({ code: 'delivery-blocked' })
    expect(reads()).toBe(0)
  })

  it('give live another turn when what it had read waited for long after it was closed', async () => {
    const { readAfter, sessions, log } = turns(nothing, { troubles: [{ blockedMs: 30 * MINUTE }] })
    await expect.poll(() => readAfter.length, soon).toBe(1)
    expect(readAfter).toEqual([2])
    expect(log()).toContain('the archive has to wait: what was read live took too long to deliver')
    expect(sessions[1]!.to! - sessions[1]!.from).toBeGreaterThanOrEqual(10 * MINUTE)
  })

  it('go on when an hour cannot be read to its end: after 20 minutes it is broken off', async () => {
    const { sessions, log, lane } = turns(endless)
    await expect.poll(() => sessions.length, soon).toBe(2)
    expect(log()).toContain('no read of the archive ended completely')
    expect(sessions[1]!.from - sessions[0]!.to!).toBeGreaterThanOrEqual(20 * MINUTE)
    expect(lane.borrows.trust()).toBe('undecided')
  })

  it('go on at once when the archive fails, which is told', async () => {
    const { sessions, log, reads } = turns(failing(new KnownError('pod-dropped', 'a reset')))
    await expect.poll(() => sessions.length, soon).toBe(2)
    expect(log()).toMatch(
      /reading the archive with the live token broke off: the hour .*: a reset\..*Live delivery has its turn again/,
    )
    expect(reads()).toBe(1)
  })

  it('wait for the seat that the live session has just left, without counting that as reads', async () => {
    const zombies = Array.from({ length: 3 }, () => taken('pod-session-zombie'))
    const { sessions, log, reads } = turns(failing(...zombies))
    await expect.poll(() => sessions.length, soon).toBe(2)
    expect(reads()).toBe(4)
    expect(log()).toContain('1 of 3 complete reads')
  })

  it('leave the seat to a stranger, say so, and suspect that it was sent the frames', async () => {
    const { sessions, log, reads, lane, suspects } = turns(failing(taken('pod-session-stranger')))
    lane.borrows.enter('trusted')
    expect(suspects()).toEqual([SUSPECT_HOUR])
    await expect.poll(() => sessions.length, soon).toBe(2)
    expect(suspects()).toContain(hourOf(START))
    expect(reads()).toBe(1)
    expect(log()).toMatch(/the token is in use\..* Stop the other program/)
  })

  it('stop in the middle of either', async () => {
    const atLive = turns(nothing)
    await expect.poll(() => atLive.sessions.length, soon).toBe(1)
    atLive.stop.abort()
    await atLive.ended
    expect(atLive.reads()).toBe(0)
    const atArchive = turns(endless)
    await expect.poll(() => atArchive.reads(), soon).toBe(1)
    atArchive.stop.abort()
    await atArchive.ended
    expect(atArchive.sessions).toHaveLength(1)
  })

  it('end with the error of the live session', async () => {
    const { lane } = turns(nothing)
    const failed = inTurns(
      async () => {
        throw new KnownError('pod-dropped', 'a reset')
      },
      lane,
      { stop: new AbortController().signal, abort: new AbortController().signal },
    )
    await expect(failed).rejects.toThrow('a reset')
  })
})
