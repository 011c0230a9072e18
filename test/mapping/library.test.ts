import { expect, test } from 'vitest'
import { createMapping } from '../../src/mapping/library.ts'
import { OBSERVED_AT } from '../support/map-event.ts'

const source = '{"guid":"g","ts":"2024-05-22T12:10:03.058340-0700"}'

test('text and bytes give the same record', () => {
  const toRecord = createMapping()
  const record = toRecord('pod.message', source, OBSERVED_AT)
  expect(record).toMatchObject({
    eventName: 'proofpoint.pod.message',
    hrTime: [1716405003, 58_340_000],
    body: source,
  })
  expect(toRecord('pod.message', new TextEncoder().encode(source), OBSERVED_AT)).toEqual(record)
})

test('an event without time of receipt is observed now', () => {
  const [seconds] = createMapping()('pod.message', source).hrTimeObserved
  expect(seconds).toBeGreaterThan(1_780_000_000)
})
