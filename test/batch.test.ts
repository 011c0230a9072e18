import { expect, it } from 'vitest'
import { batchOf, emptyBatch } from '../src/batch.ts'
import { eventOf, mapper, textOf, uidOf } from './support/deliveries.ts'

it('a sample of a batch is one small record of it, and keeps nothing of what it was received in', () => {
  const text = textOf('small')
  const answer = Buffer.from(`${textOf('large', 100_000)}${text}`)
  const events = [answer.subarray(0, 100_000), answer.subarray(100_000)].map(bytes => ({
    ...eventOf(''),
    bytes,
  }))
  const sample = batchOf(events, mapper).sample!()!
  answer.fill(0)
  expect(sample.size).toBe(1)
  expect([...sample].map(({ uid }) => uid)).toEqual([uidOf(text)])
})

it('a batch of large events, or of none, has no sample', () => {
  expect(batchOf([eventOf(textOf('large', 100_000))], mapper).sample!()).toBeUndefined()
  expect(emptyBatch.sample).toBeUndefined()
})
