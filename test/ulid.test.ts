import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ulid, ulidDigest, ulidTime } from '../src/ulid.ts'

it('writes 26 characters of Crockford base 32', () => {
  expect(ulid(0, new Uint8Array(10))).toBe('0'.repeat(26))
  expect(ulid(2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe(`7${'Z'.repeat(25)}`)
})

it('gives back its time and its digest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      fc.uint8Array({ minLength: 10, maxLength: 10 }),
      (time, digest) => {
        const text = ulid(time, digest)
        expect(text).toHaveLength(26)
        expect(ulidTime(text)).toBe(time)
        expect(ulidDigest(text)).toEqual(Buffer.from(digest))
      },
    ),
  )
})

it('sorts as text in the order of time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 2 }), time => {
      expect(ulid(time, new Uint8Array(10).fill(255)) < ulid(time + 1, new Uint8Array(10))).toBe(true)
    }),
  )
})
