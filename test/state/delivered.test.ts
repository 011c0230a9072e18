import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { digestSet } from '../../src/state/digest-set.ts'
import { handClock, opened, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf, uidOf } from './receipts.ts'

const STREAM = 'tap@test'
const at = (hour: number, name: string): string => `${hour * HOUR_MS + 5}:${name}`

function blobs(directory: string): unknown[] {
  const db = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true })
  const rows = db
    .prepare(
      'SELECT hour / 3600000 AS hour, committed / 3600000 AS committed, length(digests) / 10 AS uids FROM delivered ORDER BY 2, 1',
    )
    .all()
  db.close()
  return rows.map(row => ({ ...row }))
}

describe('delivered uids', () => {
  it('are known of each stream apart, before and after a restart, dead letters included', async () => {
    const directory = temporaryDirectory()
    const texts = [at(3, 'a'), at(4, 'b'), '0:without time', at(3, 'bad')]
    const first = opened(directory)
    const known = first.delivered(STREAM)
    expect(texts.map(uidOf).some(known.has)).toBe(false)
    await first.commit(live(STREAM), await receiptOf(texts, { observedAt: 9 * HOUR_MS }), never)
    expect(texts.map(uidOf).every(known.has)).toBe(true)
    expect(texts.map(uidOf).some(first.delivered('other').has)).toBe(false)
    expect(known.has(uidOf(at(3, 'b')))).toBe(false)
    first.close()
    const second = opened(directory)
    expect(texts.map(uidOf).every(second.delivered(STREAM).has)).toBe(true)
    second.close()
  })

  it('are known from the commit on when their hour was asked for before', async () => {
    const state = opened(temporaryDirectory())
    await state.commit(live(STREAM), await receiptOf([at(3, 'a')]), never)
    const { has } = state.delivered(STREAM)
    expect([has(uidOf(at(3, 'a'))), has(uidOf(at(3, 'b')))]).toEqual([true, false])
    await state.commit(live(STREAM), await receiptOf([at(3, 'b')]), never)
    expect(has(uidOf(at(3, 'b')))).toBe(true)
    state.close()
  })

  it('become one blob for an hour when the clock hour of their commits is over', async () => {
    const directory = temporaryDirectory()
    const clock = handClock(10 * HOUR_MS)
    const state = opened(directory, clock)
    const texts = [at(9, 'a'), at(9, 'b'), at(10, 'c'), at(10, 'd'), at(10, 'e')]
    for (const text of texts) await state.commit(live(STREAM), await receiptOf([text]), never)
    expect(blobs(directory)).toHaveLength(5)
    clock.moveTo(11 * HOUR_MS)
    await state.commit(live(STREAM), await receiptOf([at(10, 'late')]), never)
    expect(blobs(directory)).toEqual([
      { hour: 9, committed: 10, uids: 2 },
      { hour: 10, committed: 10, uids: 3 },
      { hour: 10, committed: 11, uids: 1 },
    ])
    expect([...texts, at(10, 'late')].map(uidOf).every(state.delivered(STREAM).has)).toBe(true)
    state.close()
  })

  it('are forgotten by the hour of their commit, whatever time is in them', async () => {
    const clock = handClock(10 * HOUR_MS)
    const state = opened(temporaryDirectory(), clock)
    const early = [at(1, 'long ago'), at(10, 'now'), at(900_000, 'far future'), '0:without time']
    await state.commit(live(STREAM), await receiptOf(early), never)
    await state.commit(live('other'), await receiptOf(early), never)
    clock.moveTo(11 * HOUR_MS)
    const late = [at(1, 'long ago, found late')]
    await state.commit(live(STREAM), await receiptOf(late), never)
    const uids = state.delivered(STREAM)
    uids.forgetBefore(11 * HOUR_MS - 1)
    expect(early.map(uidOf).every(uids.has)).toBe(true)
    uids.forgetBefore(11 * HOUR_MS)
    expect(early.map(uidOf).some(uids.has)).toBe(false)
    expect(late.map(uidOf).every(uids.has)).toBe(true)
    expect(early.map(uidOf).every(state.delivered('other').has)).toBe(true)
    state.close()
  })

  it('stay known when more hours are asked for than are kept in memory', async () => {
    const state = opened(temporaryDirectory())
    const texts = Array.from({ length: 200 }, (_, hour) => at(hour, 'first'))
    await state.commit(live(STREAM), await receiptOf(texts), never)
    const { has } = state.delivered(STREAM)
    expect(texts.map(uidOf).every(has)).toBe(true)
    const later = texts.map(text => text.replace('first', 'second'))
    await state.commit(live(STREAM), await receiptOf(later), never)
    expect([...texts, ...later].map(uidOf).every(has)).toBe(true)
    state.close()
  })
})

describe('a set of digests', () => {
  it('holds what was put in and nothing else', () => {
    const digest = fc.oneof(
      fc.uint8Array({ minLength: 10, maxLength: 10 }),
      // equal hashes: the first four bytes choose the slot
      fc.uint8Array({ minLength: 2, maxLength: 2 }).map(end => Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, ...end)),
    )
    fc.assert(
      fc.property(fc.array(digest, { maxLength: 1_000 }), fc.array(digest), (put, asked) => {
        const set = digestSet()
        const model = new Set<string>()
        for (const bytes of put) {
          set.add(Buffer.from(bytes))
          if (bytes.some(byte => byte !== 0)) model.add(String(bytes))
        }
        for (const bytes of [...put, ...asked])
          expect(set.has(Buffer.from(bytes))).toBe(model.has(String(bytes)))
      }),
      { numRuns: 50 },
    )
  })

  it('reads at an offset and never finds ten zero bytes', () => {
    const set = digestSet()
    set.add(Buffer.alloc(30, 0))
    expect(set.has(Buffer.alloc(10))).toBe(false)
    set.add(Buffer.from('0102030405060708090a', 'hex'))
    expect(set.has(Buffer.from('ff0102030405060708090a', 'hex'), 1)).toBe(true)
  })
})
