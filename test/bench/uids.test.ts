import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uidsOf } from '../../bench/uids.ts'
import { logRecord } from '../support/log-records.ts'

const encoded = (records: ReturnType<typeof logRecord>[]) =>
  Buffer.from(ProtobufLogsSerializer.serializeRequest(records) ?? [])

describe('uidsOf', () => {
  it('finds the uid of each record, wherever it stands among other attributes, and nowhere else', () => {
    const others = fc.dictionary(
      fc.string().filter(key => key !== 'log.record.uid'),
      fc.oneof(fc.string(), fc.integer(), fc.boolean()),
    )
    const recordLike = fc.record({
      uid: fc.stringMatching(/^[0-9A-Z]{26}$/),
      before: others,
      after: others,
      body: fc.constantFrom('log.record.uid', '{}', 'é'.repeat(200)),
    })
    fc.assert(
      fc.property(fc.array(recordLike, { maxLength: 6 }), parts => {
        const records = parts.map(({ uid, before, after, body }) =>
          logRecord({ body, attributes: { ...before, 'log.record.uid': uid, ...after } }),
        )
        expect(uidsOf(encoded(records))).toEqual(parts.map(({ uid }) => uid))
      }),
    )
  })

  it('finds those of every resource and scope', () => {
    const here = logRecord({ attributes: { 'log.record.uid': 'A' } })
    const there = logRecord({
      attributes: { 'log.record.uid': 'B' },
      instrumentationScope: { name: 'another' },
    })
    expect(uidsOf(encoded([here, there])).sort()).toEqual(['A', 'B'])
  })

  it('gives an empty text for a record without one', () => {
    expect(uidsOf(encoded([logRecord({ attributes: { other: 'A' } })]))).toEqual([''])
  })

  it('throws for a request that breaks off', () => {
    const bytes = encoded([logRecord()])
    expect(() => uidsOf(bytes.subarray(0, bytes.length - 3))).toThrow(RangeError)
  })
})
