import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CompleteRead, type Evidence, judge, SPACING_MS, spentReads } from '../../src/state/judge.ts'
import type { Archive } from '../../src/state/ledger.ts'

const MINUTE = 60_000
const NOW = 1_000 * MINUTE
const uids = (...names: string[]) =>
  Buffer.concat(names.map(name => createHash('sha256').update(name).digest().subarray(0, 10)))

/** So many that two reads hardly agree by chance. */
const many = Array.from({ length: 100 }, (_, i) => `m${i}`)

/** A read of a minute that began `minute` minutes in. */
const read = (minute: number, ...names: string[]): CompleteRead => ({
  begunAt: minute * MINUTE,
  endedAt: (minute + 1) * MINUTE,
  uids: uids(...names),
})

function verdictOf(evidence: Partial<Evidence>, proof: Archive['proof'] = 'agreeing reads') {
  const { reads = [] } = evidence
  const all = {
    covered: false,
    brought: 0,
    reads,
    tries: reads.length,
    neighbours: [],
    delivered: uids(),
    ...evidence,
  }
  return judge(all, proof, NOW)
}
const verified = { state: 'verified', lacking: 0 }
const suspect = { state: 'suspect' }

describe('an hour of unbroken live coverage', () => {
  it('is verified by one read that holds all that was delivered, and perhaps more', () => {
    expect(verdictOf({ covered: true, reads: [read(0, 'a', 'b')], delivered: uids('a') })).toMatchObject(
      verified,
    )
    expect(verdictOf({ covered: true, reads: [read(0)] })).toMatchObject(verified)
  })

  it('stays suspect while a read lacks what was delivered, also if it is empty', () => {
    for (const reads of [[read(0, 'b')], [read(0)], [read(0), read(20)]])
      expect(verdictOf({ covered: true, reads, delivered: uids('a', 'b') })).toMatchObject(suspect)
  })

  it('lacks nothing that the reads of the hours around it hold', () => {
    const evidence = { covered: true, reads: [read(0, 'b')], delivered: uids('a', 'b') }
    expect(verdictOf({ ...evidence, neighbours: [uids('x'), uids('a')] })).toMatchObject(verified)
  })

  it('is accepted, with its count, when three spaced reads lack the same', () => {
    const reads = [read(0, 'c'), read(20, 'c'), read(40, 'c')]
    expect(verdictOf({ covered: true, reads, delivered: uids('a', 'b', 'b', 'c') })).toMatchObject({
      state: 'verified',
      lacking: 2,
    })
    const close = [read(0, 'c'), read(10, 'c'), read(20, 'c')]
    expect(verdictOf({ covered: true, reads: close, delivered: uids('a', 'c') })).toMatchObject(suspect)
  })

  it('is not accepted when one of the three held what the last one lacks', () => {
    const delivered = uids('a')
    expect(verdictOf({ covered: true, reads: [read(0, 'a'), read(20), read(40)], delivered })).toMatchObject(
      suspect,
    )
    expect(
      verdictOf({ covered: true, reads: [read(0, 'a'), read(20), read(40), read(60)], delivered }),
    ).toMatchObject({ state: 'verified', lacking: 1 })
  })
})

describe('an hour of live coverage to which the archive brought something', () => {
  const missing = { covered: true, brought: 3, delivered: uids('a') }
  const says = (reason: string) => expect.stringContaining(reason)

  it('is read until the reads agree, and says what did not come live', () => {
    expect(verdictOf({ ...missing, reads: [read(0, 'a', ...many)] })).toMatchObject({
      state: 'suspect',
      missed: 3,
      reason:
        '1 of 2 complete reads of the archive that must agree; the archive brought 3 that did not come live',
    })
    const two = [read(0, 'a', ...many), read(20, 'a', ...many)]
    expect(verdictOf({ ...missing, reads: two })).toMatchObject({
      state: 'verified',
      missed: 3,
      reason: 'two reads of the archive agree; the archive brought 3 that did not come live',
    })
    expect(verdictOf({ ...missing, reads: [read(0), read(20, 'a', ...many)] })).toMatchObject(suspect)
  })

  it('is suspect even when the read that brought it broke', () => {
    expect(verdictOf({ ...missing, tries: 1 })).toMatchObject({ state: 'suspect', missed: 3 })
  })

  it('is nothing to warn of where live delivery was broken anyway, nor where an archive is read again as a rule', () => {
    const reads = [read(0, 'a'), read(20, 'a'), read(40, 'a')]
    expect(verdictOf({ ...missing, covered: false, reads })).toMatchObject({
      missed: 0,
      reason: 'three reads of the archive agree',
    })
    expect(verdictOf({ ...missing, reads }, 'one read')).toMatchObject({
      missed: 0,
      reason: says('as a whole'),
    })
    expect(verdictOf({ ...missing, brought: 0, reads })).toMatchObject({
      missed: 0,
      reason: says('nothing more'),
    })
  })
})

describe('an hour without it', () => {
  const busy = (minute: number, ...names: string[]) => read(minute, ...names, ...many)

  it('needs two reads that agree, in any order and number of their uids', () => {
    expect(verdictOf({ reads: [busy(0, 'a', 'b')] })).toMatchObject(suspect)
    expect(verdictOf({ reads: [busy(0, 'a', 'b'), busy(20, 'b', 'a', 'a')] })).toMatchObject(verified)
  })

  it('is not verified by reads of which one holds more', () => {
    expect(verdictOf({ reads: [busy(0, 'a'), busy(20, 'a', 'b')] })).toMatchObject(suspect)
    expect(verdictOf({ reads: [busy(0, 'a', 'b'), busy(20, 'a')] })).toMatchObject(suspect)
    expect(verdictOf({ reads: [busy(0, 'a'), busy(20, 'a', 'b'), busy(40, 'a')] })).toMatchObject(suspect)
    expect(verdictOf({ reads: [busy(0, 'a'), busy(20, 'b'), busy(40, 'b')] })).toMatchObject(verified)
  })

  it('needs them 15 minutes apart', () => {
    const first = busy(0)
    const at = (begunAt: number): CompleteRead => ({ ...first, begunAt, endedAt: begunAt })
    expect(verdictOf({ reads: [first, at(first.endedAt + SPACING_MS - 1)] })).toMatchObject(suspect)
    expect(verdictOf({ reads: [first, at(first.endedAt + SPACING_MS)] })).toMatchObject(verified)
    expect(
      verdictOf({ reads: [first, at(first.endedAt + MINUTE), at(first.endedAt + SPACING_MS)] }),
    ).toMatchObject(verified)
  })

  it('needs three reads to be believed empty', () => {
    expect(verdictOf({ reads: [read(0), read(20)] })).toMatchObject(suspect)
    expect(verdictOf({ reads: [read(0), read(20), read(40)] })).toMatchObject(verified)
    expect(verdictOf({ reads: [read(0, 'a'), read(20), read(40)] })).toMatchObject(suspect)
  })

  it('needs three to be believed to hold under a hundred, of which two may be cut off alike', () => {
    const few = many.slice(1)
    expect(verdictOf({ reads: [read(0, ...few), read(20, ...few)] })).toMatchObject({
      ...suspect,
      reason: '2 of 3 complete reads of the archive that must agree',
    })
    expect(verdictOf({ reads: [read(0, ...few), read(20, ...few), read(40, ...few)] })).toMatchObject({
      ...verified,
      reason: 'three reads of the archive agree',
    })
    expect(verdictOf({ reads: [read(0, 'a'), read(20, 'a'), read(40, 'a', 'b')] })).toMatchObject(suspect)
  })

  it('also holds all that was delivered for it', () => {
    const reads = [busy(0, 'a'), busy(20, 'a')]
    expect(verdictOf({ reads, delivered: uids('a', 'b') })).toMatchObject(suspect)
    expect(verdictOf({ reads: [...reads, busy(40, 'a')], delivered: uids('a', 'b') })).toMatchObject({
      state: 'verified',
      lacking: 1,
    })
  })
})

describe('an hour of an archive whose whole answer is the truth', () => {
  const verdict = (evidence: Partial<Evidence>) => verdictOf(evidence, 'one read')

  it('is verified by one complete read, covered or not, empty or not', () => {
    for (const reads of [[read(0, 'a')], [read(0)]])
      for (const covered of [true, false]) expect(verdict({ covered, reads })).toMatchObject(verified)
  })

  it('is verified though it lacks what was delivered, which is counted', () => {
    const evidence = { reads: [read(0, 'a')], delivered: uids('a', 'b', 'c') }
    expect(verdict(evidence)).toMatchObject({ state: 'verified', lacking: 2 })
    expect(verdict({ ...evidence, neighbours: [uids('b')] })).toMatchObject({ lacking: 1 })
  })

  it('is not verified by reads that broke', () => {
    expect(verdict({ covered: true, tries: 3 })).toMatchObject(suspect)
  })
})

describe('the next read', () => {
  const pauseAfter = (tries: number) => {
    const verdict = verdictOf({ tries })
    return verdict.state === 'suspect' ? (verdict.nextReadAt - NOW) / MINUTE : undefined
  }

  it('comes after 15 minutes, and later and later when many did not help', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(pauseAfter)).toEqual([15, 15, 15, 30, 60, 120, 240, 360, 360])
  })
})

describe('a read is spent', () => {
  const spent = (...minutes: number[]) =>
    spentReads(minutes.map(minute => read(minute))).map(({ begunAt }) => begunAt / MINUTE)

  it('when three later ones are spaced apart', () => {
    expect(spent(0, 20, 40)).toEqual([])
    expect(spent(0, 20, 40, 60)).toEqual([0])
    expect(spent(0, 20, 40, 60, 65, 70, 90)).toEqual([0, 20])
  })

  it('and then changes no verdict, whatever is read later', () => {
    const read = fc.record({ pause: fc.integer({ min: 0, max: 30 }), names: fc.subarray(['a', 'b', 'c']) })
    fc.assert(
      fc.property(fc.array(read, { maxLength: 12 }), fc.boolean(), (described, covered) => {
        let minute = 0
        let kept: CompleteRead[] = []
        const all: CompleteRead[] = []
        for (const { pause, names } of described) {
          minute += pause + 1
          const next = { begunAt: minute * MINUTE, endedAt: minute * MINUTE, uids: uids(...names) }
          all.push(next)
          kept.push(next)
          kept = kept.slice(spentReads(kept).length)
          const evidence = { covered, tries: all.length, delivered: uids('a', 'b') }
          expect(verdictOf({ ...evidence, reads: kept })).toEqual(verdictOf({ ...evidence, reads: all }))
        }
      }),
    )
  })
})
