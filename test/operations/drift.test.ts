import { expect, test } from 'vitest'
import { batchOf } from '../../src/batch.ts'
import { createMapper, mapperDefaults } from '../../src/mapping/mapper.ts'
import { driftLog, drift as driftOf, OTHER_PATHS } from '../../src/operations/drift.ts'
import { workerLog } from '../../src/operations/log.ts'
import { protobufSerializer } from '../../src/otlp/serialize.ts'
import type { RawEvent } from '../../src/pipeline.ts'
import { logRecord } from '../support/log-records.ts'

function watched() {
  const first: string[] = []
  const drift = driftOf((kind, path) => first.push(`${kind} ${path}`))
  const { resource, instrumentationScope: scope } = logRecord()
  const mapper = drift.watch(onUnknown =>
    createMapper({
      origin: () => ({ resource, scope }),
      ...mapperDefaults,
      onUnknown,
    }),
  )
  return { first, drift, mapper }
}

const message = (event: object): RawEvent => ({
  kind: 'pod.message',
  bytes: Buffer.from(JSON.stringify(event)),
  observedAt: 0,
})

test('unknown paths and known ones of another type are counted by kind and path, and told once', () => {
  const { first, drift, mapper } = watched()
  for (let i = 0; i < 3; i++) {
    mapper.map(message({ guid: 7.5, filter: { qid: ['q'], new: [{ a: 1 }, { a: 2, b: {} }] } }))
  }
  mapper.map({ ...message({ GUID: 'g', filter: 'x' }), kind: 'tap.message.blocked' })
  expect(
    Object.fromEntries([...drift.counts].map(([kind, paths]) => [kind, Object.fromEntries(paths)])),
  ).toEqual({
    'pod.message': { 'guid:number': 3, 'filter.qid:array': 3, 'filter.new[].a': 3, 'filter.new[].b': 3 },
    'tap.message.blocked': { filter: 1 },
  })
  expect(first).toHaveLength(5)
})

test('an event that is written into a request is counted as well, and once', () => {
  const { drift, mapper } = watched()
  const batch = batchOf([message({ guid: 'g', new: 1 }), message({ guid: 'h', new: 2 })], mapper)
  const serialize = protobufSerializer()
  for (let i = 0; i < 3; i++) serialize(batch).release()
  expect(drift.counts.get('pod.message')?.get('new')).toBe(2)
})

test('what the sender of a mail chooses is known: metadata of its parts are no drift', () => {
  const { drift, mapper } = watched()
  mapper.map(message({ guid: 'g', msgParts: [{ metadata: { 'evil key': { deep: [1] } } }] }))
  expect(drift.counts.size).toBe(0)
})

test('an event that is mapped again to be sent again, or only for its uid or text, counts once', () => {
  const { drift, mapper } = watched()
  const event = message({ guid: 'g', new: 1 })
  mapper.uid(event)
  mapper.text(event)
  expect(drift.counts.size).toBe(0)
  mapper.map(event)
  expect(mapper.map(event)).toEqual(mapper.map(event))
  expect(drift.counts.get('pod.message')?.get('new')).toBe(1)
})

test('a kind holds a hundred paths; the rest is counted together and told once', () => {
  const { first, drift, mapper } = watched()
  for (let i = 0; i < 150; i++) mapper.map(message({ guid: 'g', [`new${i}`]: 1 }))
  mapper.map({ ...message({ other: 1 }), kind: 'pod.audit' })
  const counts = drift.counts.get('pod.message')
  expect(counts?.size).toBe(101)
  expect(counts?.get(OTHER_PATHS)).toBe(50)
  expect(first).toHaveLength(102)
  expect(drift.counts.get('pod.audit')?.get('other')).toBe(1)
})

test('a hostile path is cut and escaped, and its event is forgotten', () => {
  const { drift, mapper } = watched()
  mapper.map(message({ [`\u001b[2J\n\u202e${'x'.repeat(10_000)}`]: 1, '\ud800': 1, __proto__: null }))
  mapper.map({ ...message({}), bytes: Buffer.from('{"__proto__":{"polluted":1},"constructor":1}') })
  const paths = [...(drift.counts.get('pod.message')?.keys() ?? [])]
  expect(paths[0]).toMatch(/^\\u\{1b\}\[2J\\u\{a\}\\u\{202e\}x+$/)
  expect(paths[0]).toHaveLength(256)
  expect(paths.slice(1)).toEqual(['\\u{d800}', '__proto__.polluted', 'constructor'])
})

test('the log tells the kind, the path and what it means, in one line each', () => {
  let written = ''
  const destination = {
    write: (text: string) => {
      written += text
    },
  }
  const tell = driftLog(workerLog({ level: 'info', format: 'pretty', colour: false, destination }))
  tell('pod.message', 'filter.new')
  tell('pod.message', 'guid:number')
  tell('pod.audit', OTHER_PATHS)
  const lines = written.split('\n')
  expect(lines[0]).toContain(
    'pod.message: Proofpoint sends a field that the mapping does not know: filter.new.',
  )
  expect(lines[1]).toContain('the known field guid in a form that the mapping does not take (number)')
  expect(lines[2]).toContain('pod.audit: Proofpoint sends more than 100 fields')
  expect(lines).toHaveLength(4)
})
