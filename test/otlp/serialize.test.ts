import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonSerializer } from '../../src/otlp/json.ts'
import { protobufFields } from '../../src/otlp/protobuf-fields.ts'
import { origins } from '../../src/otlp/resource.ts'
import { protobufSerializer } from '../../src/otlp/serialize.ts'
import { logRecord } from '../support/log-records.ts'

const asJson = (...records: Parameters<typeof logRecord>[0][]) =>
  JSON.parse(Buffer.from(jsonSerializer(records.map(logRecord)).bytes).toString())

const firstRecord = (parts: Parameters<typeof logRecord>[0]) =>
  asJson(parts).resourceLogs[0].scopeLogs[0].logRecords[0]

const attribute = (value: unknown) => firstRecord({ attributes: { value } }).attributes[0].value

describe('JSON', () => {
  test('has the names and forms of OTLP', () => {
    expect(firstRecord({})).toMatchObject({
      timeUnixNano: '1719264001123456789',
      observedTimeUnixNano: '1719264120511000000',
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'proofpoint.pod.message',
      body: { stringValue: '{"guid":"abc"}' },
      attributes: [
        { key: 'log.record.uid', value: { stringValue: '01HYGVBRSJ1MQC0DRVDN4NVZTE' } },
        { key: 'email.subject', value: { stringValue: 'Hello' } },
      ],
    })
  })

  test.each([
    [Number.NaN, { stringValue: 'NaN' }],
    [Number.POSITIVE_INFINITY, { stringValue: 'Infinity' }],
    [1e21, { stringValue: '1e+21' }],
    [2 ** 63, { stringValue: '9223372036854776000' }],
    [-(2 ** 53), { intValue: -(2 ** 53) }],
    [0.5, { doubleValue: 0.5 }],
    ['\ud800', { stringValue: '\ufffd' }],
    [null, {}],
    [[1, Number.NaN], { arrayValue: { values: [{ intValue: 1 }, { stringValue: 'NaN' }] } }],
  ])('writes %s so that a collector takes it', (value, expected) => {
    expect(attribute(value)).toEqual(expected)
  })

  test('writes a time that is no number as none', () => {
    expect(firstRecord({ hrTime: [Number.NaN, 0] })).toMatchObject({ timeUnixNano: '0' })
  })
})

test('records of one resource and scope are one group of JSON, in order', () => {
  const originOf = origins({ product: 'pod', account: 'example_hosted', version: '1.2.3', attributes: {} })
  const from = (kind: 'pod.message' | 'pod.audit', uid: string) => {
    const { resource, scope } = originOf(kind)
    return { resource, instrumentationScope: scope, body: uid }
  }
  const { resourceLogs } = asJson(from('pod.message', 'a'), from('pod.audit', 'b'), from('pod.message', 'c'))
  expect(resourceLogs).toHaveLength(1)
  const groups = resourceLogs[0].scopeLogs.map(({ logRecords }: { logRecords: { body: object }[] }) =>
    logRecords.map(({ body }) => body),
  )
  expect(groups).toEqual([[{ stringValue: 'a' }, { stringValue: 'c' }], [{ stringValue: 'b' }]])
})

describe('the buffer of a protobuf request', () => {
  const records = [logRecord()]

  test('is used again once it was released', () => {
    const serializeNext = protobufSerializer()
    const first = serializeNext(records)
    first.release()
    expect(serializeNext(records).bytes.buffer).toBe(first.bytes.buffer)
  })

  test('is left alone until then', () => {
    const serializeNext = protobufSerializer()
    const first = serializeNext(records)
    const copy = Uint8Array.from(first.bytes)
    serializeNext([logRecord({ body: 'another' })])
    expect(Uint8Array.from(first.bytes)).toEqual(copy)
  })

  test('is not kept when one request made it unusually large', () => {
    const serializeNext = protobufSerializer()
    const large = serializeNext([logRecord({ body: 'x'.repeat(2 ** 24) })])
    large.release()
    expect(serializeNext(records).bytes.buffer).not.toBe(large.bytes.buffer)
  })
})

test('the buffers that are kept are bounded together', () => {
  const serializeNext = protobufSerializer()
  const requests = Array.from({ length: 4 }, () => serializeNext([logRecord({ body: 'x'.repeat(2 ** 22) })]))
  const first = new Set(requests.map(({ bytes }) => bytes.buffer))
  for (const request of requests) request.release()
  const again = Array.from({ length: 4 }, () => serializeNext([logRecord()]))
  const kept = again.filter(({ bytes }) => first.has(bytes.buffer))
  expect(kept.reduce((sum, { bytes }) => sum + bytes.buffer.byteLength, 0)).toBeLessThanOrEqual(2 ** 24)
  expect(kept).not.toHaveLength(0)
})

test('no value of a record makes either protocol fail', () => {
  const values = fc.letrec(tie => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
      fc.array(tie('any')),
      fc.dictionary(fc.string(), tie('any')),
    ),
  })).any
  fc.assert(
    fc.property(values, values, fc.tuple(fc.double(), fc.double()), (body, value, hrTime) => {
      const record = logRecord({ body, attributes: { value }, hrTime })
      const { resourceLogs } = asJson(record)
      expect(JSON.stringify(resourceLogs)).not.toContain(':null')
      expect([...protobufFields(protobufSerializer()([record]).bytes)]).toHaveLength(1)
    }),
  )
})
