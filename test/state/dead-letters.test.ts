import { describe, expect, it } from 'vitest'
import { type DeadLetter, deliver, type Exporter, type LogRecord, type Receipt } from '../../src/pipeline.ts'
import type { DeadLetterTotal } from '../../src/state/dead-letters.ts'
import type { DeadLetterRoom } from '../../src/state/dead-letters-room.ts'
import { readState } from '../../src/state/read.ts'
import { handClock, opened, temporaryDirectory } from './directories.ts'
import { causes, never, receiptOf, uidOf } from './receipts.ts'

const STREAM = { name: 'pod/message@test', lane: 'live' } as const
const HOUR_MS = 3_600_000

/** Takes 100 bytes as a refused letter (with its reason "bad record"), and as a perhaps delivered one. */
const bad = (i: number): string => `${HOUR_MS}:bad ${i}`.padEnd(90, '.')

/** A receipt whose events were all perhaps delivered. */
function doubtful(texts: readonly string[]): Promise<Receipt> {
  const uid = ({ bytes }: { bytes: Buffer }) => uidOf(bytes.toString())
  const mapper = {
    map: (event: { bytes: Buffer }) => ({ uid: uid(event) }) as LogRecord,
    uid,
    text: (event: { bytes: Buffer }) => event.bytes.toString(),
  }
  const exporter: Exporter = {
    async export(batch) {
      const records = [...batch]
      return { status: 'partial', rejected: Math.min(1, records.length), reason: 'bad record' }
    },
    close: async () => {},
  }
  const events = texts.map(text => ({
    kind: 'pod.message' as const,
    bytes: Buffer.from(text),
    observedAt: 0,
  }))
  return deliver({ events, cursor: {} }, mapper, exporter, never)
}

function withRoom(bytes: number, policy: DeadLetterRoom['policy']) {
  const told: DeadLetterTotal[] = []
  const directory = temporaryDirectory()
  const state = opened(directory, handClock(1_000), { bytes, policy, onEvicted: all => told.push(...all) })
  return { state, told, directory, ids: () => [...state.deadLetters.list()].map(letter => letter.id) }
}

const store = async (state: ReturnType<typeof opened>, receipt: Receipt | Promise<Receipt>) =>
  await state.commit(STREAM, await receipt, never)

describe('the room for dead letters', () => {
  it('is made by what was perhaps delivered first, oldest first, counted and told', async () => {
    const { state, told, ids } = withRoom(400, 'hold')
    await store(state, receiptOf([bad(1)]))
    await store(state, doubtful([bad(2), bad(3)]))
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

  it('is never waited for by what was perhaps delivered, even where nothing of it fits', async () => {
    const { state, told, ids } = withRoom(200, 'hold')
    await store(state, receiptOf([bad(1), bad(2)]))
    await store(state, doubtful([bad(3), bad(4)]))
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
    await store(state, doubtful([bad(2), bad(3)]))
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
      'bad record',
    ])
    expect(state.deadLetters.totals()).toEqual([
      { cause: 'perhaps delivered', letters: 1, bytes: 100 },
      { cause: 'refused', letters: 2, bytes: 204 },
    ])
    state.close()
  })
})
