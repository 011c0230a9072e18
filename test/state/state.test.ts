import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { codeOf, handClock, opened, temporaryDirectory } from './directories.ts'
import { startWorker } from './processes.ts'
import { live, never, receiptOf, uidOf } from './receipts.ts'

const STREAM = 'pod/message@test'
const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('the state directory', () => {
  it('is made for its owner alone, and so are the files in it', () => {
    const directory = join(temporaryDirectory(), 'made', 'deep')
    const state = opened(directory)
    state.begin()
    expect(modeOf(directory)).toBe(0o700)
    for (const file of ['state.sqlite', 'state.sqlite-wal', 'lock.sqlite'])
      expect(modeOf(join(directory, file))).toBe(0o600)
    state.close()
  })

  it('has one writer, also within a process, and a refused one does not free it for others', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    expect(codeOf(() => opened(directory))).toBe('state-locked')
    const other = startWorker('open', directory)
    expect(await other.line(() => true)).toEqual({ refused: 'state-locked' })
    state.close()
    opened(directory).close()
  })
})

describe('a commit', () => {
  it('moves the cursor, which a later run finds', async () => {
    const directory = temporaryDirectory()
    const first = opened(directory)
    expect(first.cursor(live(STREAM))).toBeUndefined()
    await first.commit(
      live(STREAM),
      await receiptOf(['0:a'], { cursor: { at: 1, why: 'x', done: true } }),
      never,
    )
    await first.commit(live('other'), await receiptOf([], { cursor: {} }), never)
    first.close()
    const second = opened(directory)
    expect(second.cursor(live(STREAM))).toEqual({ at: 1, why: 'x', done: true })
    expect(second.cursor(live('other'))).toEqual({})
    expect(second.cursor(live('third'))).toBeUndefined()
    second.close()
  })

  it('counts events by the hour they belong to, and those that were known', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    const texts = ['0:no time', `${HOUR_MS}:a`, `${2 * HOUR_MS - 1}:b`, `${HOUR_MS}:bad`]
    await state.commit(live(STREAM), await receiptOf(texts, { observedAt: 5 * HOUR_MS + 1 }), never)
    const known = state.delivered(STREAM).has
    await state.commit(live(STREAM), await receiptOf([`${HOUR_MS}:c`, ...texts], { known }), never)
    const reader = readState(directory)
    expect(reader.hours()).toMatchObject([
      { stream: STREAM, hour: 0, state: 'live', delivered: 0, deadLettered: 0, alreadyDelivered: 1 },
      { hour: HOUR_MS, state: 'live', delivered: 3, deadLettered: 1, alreadyDelivered: 3 },
      { hour: 5 * HOUR_MS, state: 'unknown', delivered: 1, deadLettered: 0, alreadyDelivered: 0 },
    ])
    expect(reader.streams()).toEqual([
      {
        stream: STREAM,
        startedAt: 1_000,
        committedAt: 1_000,
        coveredUntil: 2 * HOUR_MS - 1,
        margin: 4 * HOUR_MS + 1,
        unsupported: null,
        borrowing: null,
      },
    ])
    reader.close()
    state.close()
  })

  it('keeps dead letters with their text as it was, and their bytes by cause', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    const text = '7:bad \0 \u{1F4A3} "\\'
    await state.commit(live(STREAM), await receiptOf(['7:good', text], { observedAt: 9 }), never)
    await state.commit(live('other'), await receiptOf(['8:bad']), never)
    const reader = readState(directory)
    for (const { deadLetters } of [state, reader]) {
      expect(deadLetters.get(1)).toEqual({
        id: 1,
        stream: STREAM,
        uid: uidOf(text),
        kind: 'pod.message',
        cause: 'refused',
        reason: 'bad record',
        observedAt: 9,
        storedAt: 1_000,
        text,
        bytes: Buffer.byteLength(text) + 10,
      })
      expect(deadLetters.get(3)).toBeUndefined()
      expect([...deadLetters.list()].map(letter => letter.stream)).toEqual([STREAM, 'other'])
      expect([...deadLetters.list()][0]).not.toHaveProperty('text')
      expect([...deadLetters.export()].map(letter => letter.text)).toEqual([text, '8:bad'])
      expect(deadLetters.totals()).toEqual([
        { cause: 'refused', letters: 2, bytes: Buffer.byteLength(text) + 5 + 20 },
      ])
    }
    reader.close()
    state.close()
  })

  it('lists more dead letters than it reads at once', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    const texts = Array.from({ length: 1_001 }, (_, i) => `${i}:bad`)
    await state.commit(live(STREAM), await receiptOf(texts), never)
    expect([...state.deadLetters.list()].map(letter => letter.id)).toEqual(texts.map((_, i) => i + 1))
    expect([...state.deadLetters.export()].map(letter => letter.text)).toEqual(texts)
    state.close()
  })
})

describe('the clean mark', () => {
  it('says how the run before ended', async () => {
    const directory = temporaryDirectory()
    const clock = handClock(1_000)
    const first = opened(directory, clock)
    expect(first.begin()).toEqual({ ended: 'never ran' })
    clock.moveTo(2_000)
    first.endCleanly()
    first.close()
    const second = opened(directory, clock)
    expect(second.begin()).toEqual({ ended: 'cleanly', at: 2_000 })
    second.close()
    const third = opened(directory, clock)
    clock.moveTo(3_000)
    expect(third.begin()).toEqual({ ended: 'uncleanly', at: 2_000 })
    await third.commit(live(STREAM), await receiptOf([]), never)
    third.close()
    const reader = readState(directory)
    expect(reader.lastRun()).toEqual({ startedAt: 3_000, endedAt: null, ended: null })
    reader.close()
    clock.moveTo(9_000)
    const fourth = opened(directory, clock)
    expect(fourth.begin()).toEqual({ ended: 'uncleanly', at: 3_000 })
    fourth.close()
  })

  it('is not touched by opening alone', () => {
    const directory = temporaryDirectory()
    const first = opened(directory)
    first.begin()
    first.endCleanly()
    first.close()
    opened(directory).close()
    const third = opened(directory)
    expect(third.begin()).toMatchObject({ ended: 'cleanly' })
    third.close()
  })
})

describe('the first start of a stream', () => {
  it('is remembered', () => {
    const directory = temporaryDirectory()
    const clock = handClock(5_000)
    const first = opened(directory, clock)
    expect(first.startedAt(STREAM)).toBe(5_000)
    first.close()
    clock.moveTo(6_000)
    const second = opened(directory, clock)
    expect(second.startedAt(STREAM)).toBe(5_000)
    expect(second.startedAt('other')).toBe(6_000)
    second.close()
  })
})

describe('a request budget', () => {
  const HOUR = HOUR_MS

  it('knows the requests of a span, also after a restart', () => {
    const directory = temporaryDirectory()
    const clock = handClock(100 * HOUR)
    const first = opened(directory, clock)
    const budget = first.budget('tap@one')
    const none = { live: 0, repair: 0, backfill: 0 }
    expect(budget.spentSince(0)).toEqual(none)
    budget.spend('live')
    budget.spend('live')
    budget.spend('backfill')
    clock.moveTo(101 * HOUR)
    budget.spend('live')
    budget.spend('repair')
    first.budget('tap@two').spend('live')
    expect(budget.spentSince(100 * HOUR)).toEqual({ live: 3, repair: 1, backfill: 1 })
    first.close()
    const second = opened(directory, clock)
    expect(second.budget('tap@one').spentSince(101 * HOUR)).toEqual({ live: 1, repair: 1, backfill: 0 })
    expect(second.budget('tap@one').spentSince(101 * HOUR + 60_000)).toEqual(none)
    second.close()
  })

  it('is not blocked for long by requests of a clock that ran far ahead', () => {
    const clock = handClock(10_000 * HOUR)
    const state = opened(temporaryDirectory(), clock)
    state.budget('tap').spend('live')
    clock.moveTo(100 * HOUR)
    state.budget('tap').spend('live')
    expect(state.budget('tap').spentSince(76 * HOUR).live).toBe(1)
    state.close()
  })
})
