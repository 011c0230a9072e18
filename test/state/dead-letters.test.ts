import { describe, expect, it } from 'vitest'
import type { DeadLetter, Receipt } from '../../src/pipeline.ts'
import type { DeadLetterTotal } from '../../src/state/dead-letters.ts'
import type { DeadLetterRoom } from '../../src/state/dead-letters-room.ts'
import { readState } from '../../src/state/read.ts'
import { handClock, opened, temporaryDirectory } from './directories.ts'
import { causes, deliveredWith, never, receiptOf, uidOf } from './receipts.ts'

const STREAM = { name: 'pod/message@test', lane: 'live' } as const
const HOUR_MS = 3_600_000

/** Takes 100 bytes as a letter of any cause: with the reason "bad record" as a refused one. */
const bad = (i: number): string => `${HOUR_MS}:bad ${i}`.padEnd(90, '.')

function withRoom(bytes: number, policy: DeadLetterRoom['policy']) {
  const told: DeadLetterTotal[] = []
  const directory = temporaryDirectory()
  const state = opened(directory, handClock(1_000), { bytes, policy, onEvicted: all => told.push(...all) })
  return { state, told, directory, ids: () => [...state.deadLetters.list()].map(letter => letter.id) }
}

/** What is counted of an hour of the stream. */
function hourIn(directory: string, hour = HOUR_MS) {
  const reader = readState(directory)
  try {
    return reader.hours().find(each => each.hour === hour)
  } finally {
    reader.close()
  }
}

const store = async (state: ReturnType<typeof opened>, receipt: Receipt | Promise<Receipt>) =>
  await state.commit(STREAM, await receipt, never)

describe('the room for dead letters', () => {
  it('is made by what was perhaps delivered first, oldest first, counted and told', async () => {
    const { state, told, ids } = withRoom(400, 'hold')
    await store(state, receiptOf([bad(1)]))
    await store(state, deliveredWith('perhaps delivered', [bad(2), bad(3)]))
    await store(state, receiptOf([bad(4)]))
    expect(ids()).toEqual([1, 2, 3, 4])
    expect(told).toEqual([])
    await store(state, receiptOf([bad(5)]))
    expect(ids()).toEqual([1, 3, 4, 5])
    await store(state, receiptOf([bad(6)]))
    expect(causes(state.deadLetters.list())).toEqual(['refused', 'refused', 'refused', 'refused'])
    expect(told).toEqual(Array(2).fill({ cause: 'perhaps delivered', letters: 1, bytes: 100 }))
    expect(state.deadLetters.evicted()).toEqual([{ cause: 'perhaps delivered', letters: 2, bytes: 200 }])
    expect(state.deadLetters.totals()).toEqual([{ cause: 'refused', letters: 4, bytes: 400 }])
    state.close()
  })

  it('is made by an oversize original too, and its hour stays complete: its record was delivered', async () => {
    const { state, directory, told, ids } = withRoom(200, 'hold')
    await store(state, deliveredWith('oversize', [bad(1)]))
    expect(hourIn(directory)).toMatchObject({ delivered: 1, deadLettered: 0, evicted: 0 })
    await store(state, receiptOf([bad(2), bad(3)]))
    expect(ids()).toEqual([2, 3])
    expect(told).toEqual([{ cause: 'oversize', letters: 1, bytes: 100 }])
    expect(hourIn(directory)).toMatchObject({ delivered: 1, deadLettered: 2, evicted: 0 })
    state.close()
  })

  it('counts what went in its hour, unless its record was delivered for certain', async () => {
    const { state, directory } = withRoom(100, 'oldest-out')
    await store(state, deliveredWith('perhaps delivered', [bad(1), bad(2)]))
    expect(hourIn(directory)).toMatchObject({ delivered: 2, evicted: 1 })
    await store(state, receiptOf([bad(3)]))
    expect(hourIn(directory)).toMatchObject({ delivered: 2, deadLettered: 1, evicted: 2 })
    await store(state, receiptOf([`${3 * HOUR_MS}:bad`.padEnd(90, '.')]))
    expect(hourIn(directory)).toMatchObject({ evicted: 3 })
    expect(hourIn(directory, 3 * HOUR_MS)).toMatchObject({ deadLettered: 1, evicted: 0 })
    state.close()
  })

  it('is never waited for by what was perhaps delivered, even where nothing of it fits', async () => {
    const { state, told, ids } = withRoom(200, 'hold')
    await store(state, receiptOf([bad(1), bad(2)]))
    await store(state, deliveredWith('perhaps delivered', [bad(3), bad(4)]))
    expect(ids()).toEqual([1, 2])
    expect(told).toEqual([{ cause: 'perhaps delivered', letters: 2, bytes: 200 }])
    state.close()
  })

  it('holds a commit that brings a refused letter, as a whole, until there is some', async () => {
    const { state, directory } = withRoom(200, 'hold')
    await store(state, receiptOf([bad(1), bad(2)], { cursor: { at: 1 } }))
    const third = await receiptOf([bad(3), `${HOUR_MS}:good`], { cursor: { at: 2 } })
    await expect(state.commit(STREAM, third, never)).rejects.toMatchObject({ code: 'dead-letters-full' })
    expect(state.cursor(STREAM)).toEqual({ at: 1 })
    expect(state.deadLetters.evicted()).toEqual([])
    expect(state.deadLetters.drop([1, 7])).toBe(1)
    await store(state, third)
    expect(state.cursor(STREAM)).toEqual({ at: 2 })
    state.close()
    const reader = readState(directory)
    expect([...reader.deadLetters.list()].map(letter => letter.uid)).toEqual([bad(2), bad(3)].map(uidOf))
    reader.close()
  })

  it('is made by the oldest refused letters where the policy says so, but never by those that just come', async () => {
    const { state, told, ids } = withRoom(200, 'oldest-out')
    await store(state, receiptOf([bad(1), bad(2)]))
    await store(state, receiptOf([bad(3)]))
    expect(ids()).toEqual([2, 3])
    await store(state, receiptOf([bad(4), bad(5), bad(6)]))
    expect(ids()).toEqual([4, 5, 6])
    expect(told).toEqual([
      { cause: 'refused', letters: 1, bytes: 100 },
      { cause: 'refused', letters: 2, bytes: 200 },
    ])
    expect(state.deadLetters.evicted()).toEqual([{ cause: 'refused', letters: 3, bytes: 300 }])
    state.close()
  })

  it('is never too small for the refused letters of one page, when no other is there', async () => {
    const { state, ids } = withRoom(50, 'hold')
    await store(state, receiptOf([bad(1), bad(2)]))
    expect(ids()).toEqual([1, 2])
    await expect(store(state, receiptOf([bad(3)]))).rejects.toMatchObject({ code: 'dead-letters-full' })
    state.close()
  })
})

describe('a letter that is dropped', () => {
  it('is counted in its hour for good, unless its record was delivered for certain', async () => {
    const { state, directory } = withRoom(1_000, 'hold')
    await store(state, receiptOf([bad(1), bad(2)]))
    await store(state, deliveredWith('perhaps delivered', [bad(3)]))
    await store(state, deliveredWith('oversize', [bad(4)]))
    expect(state.deadLetters.drop([1, 1, 3, 4, 7])).toBe(3)
    expect(hourIn(directory)).toMatchObject({ delivered: 2, deadLettered: 2, dropped: 2, evicted: 0 })
    expect(causes(state.deadLetters.list())).toEqual(['refused'])
    expect(state.deadLetters.evicted()).toEqual([])
    state.close()
  })
})

describe('what a replay found', () => {
  const found = (uid: string, cause: DeadLetter['cause']): DeadLetter => ({
    uid,
    kind: 'pod.message',
    observedAt: 0,
    cause,
    reason: 'a new reason',
    text: '',
  })

  it('removes the delivered, and counts their hours anew', async () => {
    const { state, directory } = withRoom(1_000, 'hold')
    await store(state, receiptOf([bad(1), bad(2)]))
    const first = state.deadLetters.get(1)!
    state.deadLetters.judge({ delivered: [first], kept: [] })
    state.deadLetters.judge({ delivered: [first], kept: [] })
    const reader = readState(directory)
    expect(reader.hours()).toContainEqual(
      expect.objectContaining({ hour: HOUR_MS, delivered: 1, deadLettered: 1 }),
    )
    expect(reader.deadLetters.totals()).toEqual([{ cause: 'refused', letters: 1, bytes: 100 }])
    reader.close()
    state.close()
  })

  it('gives the others the new reason; a cause only grows', async () => {
    const { state } = withRoom(1_000, 'hold')
    await store(state, receiptOf([bad(1)]))
    await store(state, deliveredWith('perhaps delivered', [bad(2), bad(3)]))
    const [first, second] = [...state.deadLetters.export()]
    state.deadLetters.judge({
      delivered: [],
      kept: [
        { letter: first!, found: found(first!.uid, 'perhaps delivered') },
        { letter: second!, found: found(second!.uid, 'refused') },
      ],
    })
    expect(causes(state.deadLetters.list())).toEqual(['refused', 'refused', 'perhaps delivered'])
    expect([...state.deadLetters.list()].map(letter => letter.reason)).toEqual([
      'a new reason',
      'a new reason',
      '1 of 2 were rejected: bad record',
    ])
    expect(state.deadLetters.totals()).toEqual([
      { cause: 'perhaps delivered', letters: 1, bytes: 100 },
      { cause: 'refused', letters: 2, bytes: 182 },
    ])
    state.close()
  })

  it('makes a refused letter one of an oversize original once its record was delivered cut, and it stays so', async () => {
    const { state, directory } = withRoom(1_000, 'hold')
    await store(state, receiptOf([bad(1)]))
    const letter = () => state.deadLetters.get(1)!
    expect(hourIn(directory)).toMatchObject({ delivered: 0, deadLettered: 1 })
    state.deadLetters.judge({
      delivered: [],
      kept: [{ letter: letter(), found: found(letter().uid, 'oversize') }],
    })
    expect(letter().cause).toBe('oversize')
    expect(hourIn(directory)).toMatchObject({ delivered: 1, deadLettered: 0 })
    for (const cause of ['refused', 'perhaps delivered', 'oversize'] as const)
      state.deadLetters.judge({
        delivered: [],
        kept: [{ letter: letter(), found: found(letter().uid, cause) }],
      })
    expect(letter().cause).toBe('oversize')
    state.deadLetters.judge({ delivered: [letter()], kept: [] })
    expect(hourIn(directory)).toMatchObject({ delivered: 1, deadLettered: 0 })
    expect(state.deadLetters.totals()).toEqual([])
    state.close()
  })
})
