/** A record written in pieces is, byte for byte, the record that the mapper gives as an object. */
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { describe, expect, test } from 'vitest'
import { batchOf } from '../../src/batch.ts'
import { createMapper, type MapperOptions, mapperDefaults } from '../../src/mapping/mapper.ts'
import { origins } from '../../src/otlp/resource.ts'
import { protobufSerializer } from '../../src/otlp/serialize.ts'
import type { LogRecord, RawEvent } from '../../src/pipeline.ts'
import { randomness } from '../../src/simulator/random.ts'
import { undamaged } from '../fuzz/corpus.ts'
import { mutated } from '../fuzz/mutate.ts'

const OBSERVED_AT = Date.UTC(2026, 10, 22, 12)
const defaults: MapperOptions = {
  origin: origins({ product: 'pod', account: 'example_hosted', version: '0.0.0', attributes: {} }),
  ...mapperDefaults,
}
const ways: Readonly<Record<string, Partial<MapperOptions>>> = {
  'as by default': {},
  'with all attributes and the unmapped list': {
    attributes: 'full',
    unmappedList: true,
    eventNameAttribute: true,
  },
  'with structured bodies': { body: 'structured' },
  'with summaries': { body: 'message', timestamp: 'occurred' },
  'without bodies': { body: 'none' },
  'with content and small bodies': { content: 'keep', maxRecordBytes: 2048 },
}

const official = (records: LogRecord[]): Buffer =>
  Buffer.from(ProtobufLogsSerializer.serializeRequest(records)!)
const event = ({ kind, bytes }: Pick<RawEvent, 'kind' | 'bytes'>): RawEvent => ({
  kind,
  bytes,
  observedAt: OBSERVED_AT,
})

describe.each(Object.entries(ways))('%s', (_, options) => {
  const mapper = createMapper({ ...defaults, ...options })
  const drawsOf = randomness(3, 'pieces')
  const damaged = Array.from({ length: 1_000 }, (_, i) => {
    const draws = drawsOf(i)
    const { kind, bytes } = draws.pick(undamaged)
    return event({ kind, bytes: mutated(bytes, draws.pick(undamaged).bytes, draws) })
  })

  test.each([
    ['ordinary and golden events', undamaged.map(event)],
    ['damaged events', damaged],
  ])('%s', (_, events) => {
    for (const one of events) {
      const record = mapper.map(one)
      const batch = batchOf([one], mapper)
      expect(Buffer.from(protobufSerializer()(batch).bytes).equals(official([record]))).toBe(true)
      expect(batch.uids).toEqual([record.uid])
      expect(batch.cut).toEqual(record.cut ? [one] : [])
    }
  })

  test('a whole batch, in a buffer that is used again', () => {
    const serializeNext = protobufSerializer()
    const events = undamaged.filter(({ kind }) => kind === 'pod.message').map(event)
    for (const some of [events, events.slice(0, 3), events]) {
      const { bytes, release } = serializeNext(batchOf(some, mapper))
      expect(Buffer.from(bytes).equals(official(some.map(one => mapper.map(one))))).toBe(true)
      release()
    }
  })
})

test('a mapping that fails is taken back, and written without facts', () => {
  const mapper = createMapper({
    ...defaults,
    onUnknown() {
      throw new Error('no one listens')
    },
  })
  const odd = event({
    kind: 'pod.message',
    bytes: Buffer.from('{"guid":"g","ts":"2026-11-22T10:00:00Z","odd":1}'),
  })
  const fine = event({ kind: 'pod.message', bytes: Buffer.from('{"guid":"g","ts":"2026-11-22T10:00:00Z"}') })
  for (const events of [[odd], [fine, odd, fine], [odd, odd]]) {
    const records = events.map(one => mapper.map(one))
    expect(records.map(({ attributes }) => attributes['error.type'])).toEqual(
      events.map(one => (one === odd ? 'mapping_failed' : undefined)),
    )
    expect(Buffer.from(protobufSerializer()(batchOf(events, mapper)).bytes).equals(official(records))).toBe(
      true,
    )
  }
})
