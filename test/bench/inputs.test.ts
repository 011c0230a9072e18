import { describe, expect, it } from 'vitest'
import { EVENTS_PER_ANSWER, podFrames, tapAnswers } from '../../bench/inputs.ts'
import { HOUR_MS, hourOf, real } from '../../src/clock.ts'
import { createMapping } from '../../src/mapping/library.ts'
import { ulidTime } from '../../src/ulid.ts'

const COUNT = 3_000
const toRecord = createMapping()

describe.each(['message', 'maillog'] as const)('PoD %s', type => {
  const frames = podFrames(type).take(COUNT).toArray()

  it('never gives two frames the same uid, and each can be read', () => {
    const records = frames.map(frame => toRecord(`pod.${type}`, frame))
    expect(new Set(records.map(({ uid }) => uid)).size).toBe(COUNT)
    // An event that cannot be read has no time.
    expect(records.filter(({ uid }) => ulidTime(uid) === 0)).toEqual([])
  })
})

describe('TAP', () => {
  it('gives each window a thousand readable events of their own, with times inside it', () => {
    const answerFor = tapAnswers()
    const begin = hourOf(real.now()) - 100 * HOUR_MS
    const uids = new Set<string>()
    for (let window = 0; window < 6; window++) {
      const from = begin + window * HOUR_MS
      const answer: Record<string, unknown> = JSON.parse(answerFor(from, from + HOUR_MS).toString())
      const kinds = {
        messagesDelivered: 'tap.message.delivered',
        messagesBlocked: 'tap.message.blocked',
        clicksPermitted: 'tap.click.permitted',
        clicksBlocked: 'tap.click.blocked',
      } as const
      for (const [array, kind] of Object.entries(kinds))
        for (const event of answer[array] as object[]) {
          const { uid } = toRecord(kind, JSON.stringify(event))
          expect(hourOf(ulidTime(uid))).toBe(from)
          uids.add(uid)
        }
    }
    expect(uids.size).toBe(6 * EVENTS_PER_ANSWER)
  })
})
