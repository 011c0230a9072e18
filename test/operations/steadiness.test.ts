import { expect, test } from 'vitest'
import { batchOf } from '../../src/batch.ts'
import { createMapper, mapperDefaults } from '../../src/mapping/mapper.ts'
import { steadiness, type Unsteady } from '../../src/operations/steadiness.ts'
import { protobufSerializer } from '../../src/otlp/serialize.ts'
import type { RawEvent } from '../../src/pipeline.ts'
import { logRecord } from '../support/log-records.ts'

function watched() {
  const told: Unsteady[] = []
  const { resource, instrumentationScope: scope } = logRecord()
  const mapper = createMapper({
    origin: () => ({ resource, scope }),
    ...mapperDefaults,
  })
  return { told, mapper: steadiness(mapper, unsteady => told.push(unsteady)) }
}

const click = (id: string, more: object = {}): RawEvent => ({
  kind: 'tap.click.blocked',
  bytes: Buffer.from(JSON.stringify({ id, GUID: 'g', clickTime: '2026-11-22T10:00:00.000Z', ...more })),
  observedAt: 0,
})

test('an event that comes again and again under its id with other contents is told once, and counted', () => {
  const { told, mapper } = watched()
  const uids = new Set(Array.from({ length: 200 }, (_, i) => mapper.map(click('restless', { seen: i })).uid))
  expect(uids.size).toBe(200)
  expect(told.map(({ id, kind, repetitions }) => `${kind} ${id} ${repetitions}`)).toEqual([
    'tap.click.blocked restless 1',
    'tap.click.blocked restless 10',
    'tap.click.blocked restless 100',
  ])
})

test('events that are written into a request are counted as well', () => {
  const { told, mapper } = watched()
  const serialize = protobufSerializer()
  const events = Array.from({ length: 50 }, (_, i) => click('restless', { seen: i }))
  serialize(batchOf(events, mapper)).release()
  expect(told.map(({ repetitions }) => repetitions)).toEqual([1, 10])
})

test('updates of a threat are not told', () => {
  const { told, mapper } = watched()
  for (let i = 0; i < 10; i++) mapper.map(click('updated', { campaignId: `c${i}` }))
  expect(told).toEqual([])
})

test('an event that is mapped again to be sent again counts once', () => {
  const { told, mapper } = watched()
  const event = click('one')
  for (let i = 0; i < 100; i++) mapper.map(event)
  for (let i = 0; i < 100; i++) mapper.uid(click('one', { i }))
  expect(told).toEqual([])
})

test('of more ids than are remembered, those seen last are', () => {
  const { told, mapper } = watched()
  for (let i = 0; i < 10; i++) mapper.map(click('early', { i }))
  for (let i = 0; i < 10_000; i++) mapper.map(click(`other ${i}`))
  mapper.map(click('early', { i: 10 }))
  expect(told).toEqual([])
  for (let i = 11; i < 21; i++) mapper.map(click('early', { i }))
  expect(told.map(({ id }) => id)).toEqual(['early'])
})
