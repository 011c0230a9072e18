import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requestWriter, writeRequest } from '../../../src/otlp/protobuf/request.ts'
import { origins } from '../../../src/otlp/resource.ts'
import { type Kind, kinds, type LogRecord } from '../../../src/pipeline.ts'
import { logRecord } from '../../support/log-records.ts'
import { type Decoded, decodeRequest } from '../../support/otlp-decoder.ts'

const official = (records: LogRecord[]) => Buffer.from(ProtobufLogsSerializer.serializeRequest(records)!)

/** As hexadecimal digits: what fails is shown short, and compared fast. */
const expectOfficial = (records: LogRecord[], writer = requestWriter(1)) =>
  expect(writeRequest(writer, records).toString('hex')).toBe(official(records).toString('hex'))

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  // Any UTF-16, lone surrogates too.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map(units => String.fromCharCode(...units)),
)
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }).map(Number),
)
const anyValue = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constantFrom(null, undefined, 0n, Symbol.iterator),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('any')),
    fc.dictionary(text, tie('any')),
  ),
})).any
const hrTime = fc.tuple(fc.integer({ min: 0, max: 18_446_744_072 }), fc.integer({ min: 0, max: 999_999_999 }))
const originOf = origins({ product: 'tap', account: 'principal', version: '1.2.3', attributes: { a: 'ä' } })

const record = fc
  .record({
    kind: fc.constantFrom<Kind>(...kinds),
    hrTime,
    hrTimeObserved: hrTime,
    severityNumber: fc.option(fc.integer({ min: 0, max: 24 }), { nil: undefined }),
    severityText: fc.option(text, { nil: undefined }),
    eventName: fc.option(text, { nil: undefined }),
    body: anyValue,
    attributes: fc.dictionary(text, anyValue),
    droppedAttributesCount: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .map(({ kind, ...parts }) => {
    const { resource, scope } = originOf(kind)
    return logRecord({ ...parts, resource, instrumentationScope: scope } as Partial<LogRecord>)
  })

/** In succession with one scope. */
const runsOf = (records: readonly LogRecord[]): LogRecord[][] =>
  records.reduce<LogRecord[][]>((runs, next) => {
    const run = runs.at(-1)
    if (run?.[0]?.instrumentationScope === next.instrumentationScope) run.push(next)
    else runs.push([next])
    return runs
  }, [])

describe('any records', () => {
  const used = requestWriter(1)

  test('are written byte for byte as the official serializer does, a group for each run of one origin', () => {
    fc.assert(
      fc.property(fc.array(record), records => {
        const expected = Buffer.concat(runsOf(records).map(official)).toString('hex')
        expect(writeRequest(used, records).toString('hex')).toBe(expected)
        expect(writeRequest(requestWriter(1), records).toString('hex')).toBe(expected)
      }),
    )
  })

  test('are read back by field numbers alone', () => {
    fc.assert(
      fc.property(fc.array(record), records => {
        const groups = decodeRequest(writeRequest(used, records))
        expect(groups.flatMap(({ scopeLogs }) => scopeLogs.flatMap(scope => scope.records))).toEqual(
          records.map(expectedRecord),
        )
      }),
    )
  })
})

const nanos = ([seconds, rest]: LogRecord['hrTime']) => BigInt(seconds) * 1_000_000_000n + BigInt(rest)

const expectedRecord = (from: LogRecord) => ({
  time: nanos(from.hrTime),
  observed: nanos(from.hrTimeObserved),
  severityNumber: BigInt(from.severityNumber ?? 0),
  severityText: (from.severityText ?? '').toWellFormed(),
  body: expectedValue(from.body),
  attributes: expectedEntries(from.attributes),
  dropped: BigInt(from.droppedAttributesCount),
  eventName: (from.eventName ?? '').toWellFormed(),
})

const expectedEntries = (map: object) =>
  Object.entries(map).map(([key, value]): [string, Decoded] => [key.toWellFormed(), expectedValue(value)])

function expectedValue(value: unknown): Decoded {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'boolean') return value
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(value) : value
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Uint8Array) return Buffer.from(value)
  return Array.isArray(value) ? value.map(expectedValue) : { entries: expectedEntries(value) }
}

describe('resource and scope', () => {
  test('are written with all they have', () => {
    const resource = resourceFromAttributes(
      { 'service.name': 'ä', list: ['a', 'b'] },
      { schemaUrl: 'https://r' },
    )
    const instrumentationScope = {
      name: 'scope',
      version: '1',
      schemaUrl: 'https://s',
      attributes: { a: 1 },
      droppedAttributesCount: 3,
    }
    const records = [logRecord({ resource, instrumentationScope })]
    expectOfficial(records)
    expect(decodeRequest(writeRequest(requestWriter(), records))).toMatchObject([
      {
        resource: [
          ['service.name', 'ä'],
          ['list', ['a', 'b']],
        ],
        schemaUrl: 'https://r',
        scopeLogs: [
          { scope: { name: 'scope', version: '1', attributes: [['a', 1n]] }, schemaUrl: 'https://s' },
        ],
      },
    ])
  })

  test('may be empty', () => {
    expectOfficial([logRecord({ resource: resourceFromAttributes({}), instrumentationScope: { name: '' } })])
  })
})

test('no records are no bytes', () => {
  expect(writeRequest(requestWriter(), [])).toHaveLength(0)
})

describe('a length', () => {
  const units = {
    ASCII: 'x',
    'two bytes': 'ä',
    'three bytes': '€',
    'four bytes': '😀',
    'a lone surrogate': '\ud800',
  }
  const sizes = [15, 16, 40, 63, 64, 110, 127, 128, 5_000, 16_383, 16_384, 700_000, 2_097_152]
  const writer = requestWriter(1)

  test.each(Object.entries(units))('takes as many bytes as it must, in texts of %s', (_, unit) => {
    for (const size of sizes) {
      const body = unit.repeat(size)
      expectOfficial(
        [logRecord({ body, attributes: { [body.slice(0, 300)]: body, list: [body.slice(0, 200)] } })],
        writer,
      )
    }
  })

  test('is right when the request before had another', () => {
    const small = [logRecord()]
    const large = Array.from({ length: 300 }, () => logRecord({ body: 'x'.repeat(9_000) }))
    for (const records of [small, large, small, large]) expectOfficial(records, writer)
  })
})

test('the buffer grows wherever it is too small', () => {
  const value = {
    text: 'xyz ä',
    numbers: [-1, 300, 2 ** 40, 0.5],
    bytes: Buffer.alloc(150, 1),
    ['a long name '.repeat(20)]: true,
  }
  const { resource, scope } = originOf('tap.unknown')
  const attributes = { value, last: Buffer.alloc(70, 2) }
  const records = [logRecord({ body: 'x'.repeat(130), attributes, resource, instrumentationScope: scope })]
  const size = official(records).length
  for (let firstBytes = 1; firstBytes < 4 * size; firstBytes++)
    expectOfficial(records, requestWriter(firstBytes))
})

test.each([
  0,
  -0,
  127,
  128,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 63 - 1024,
  2 ** 63,
  -1,
  -(2 ** 31),
  -(2 ** 63),
  -(2 ** 63) - 2048,
  2 ** 64,
  0.1,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
])('the number %d is an integer if 64 bits can hold it, else a double', value => {
  expectOfficial([logRecord({ body: value, attributes: { value } })])
})

test.each(['\0', '\x7f', '\x80', '\u07ff', '\u0800', '\ufeff', '\uffff', '😀', '\udc00\ud800'])(
  'the text %j is UTF-8',
  value => expectOfficial([logRecord({ body: value, attributes: { [value]: `a${value}` } })]),
)

test.each([
  [Number.NaN, 0],
  [0, Number.NaN],
  [-1, 0],
  [0, -1],
  [0, 1e9],
  [18_446_744_073, 999_999_999],
  [Number.POSITIVE_INFINITY, 0],
])('the time [%d, %d] is none, and written as 0', (...time) => {
  const [group] = decodeRequest(writeRequest(requestWriter(), [logRecord({ hrTime: time })]))
  expect(group?.scopeLogs[0]?.records).toMatchObject([{ time: 0n, observed: 1_719_264_120_511_000_000n }])
})

test('more names than are kept are still the right ones, and so is a name as before', () => {
  const name = (i: number) => `name ${i}`
  const attributes = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [name(i), i]))
  const writer = requestWriter()
  for (let i = 0; i < 2; i++) expectOfficial([logRecord({ attributes })], writer)
})

test('a request that broke off leaves nothing behind', () => {
  const writer = requestWriter(1)
  function* breakingOff() {
    yield logRecord()
    throw new Error('no such record')
  }
  expect(() => writeRequest(writer, breakingOff())).toThrow('no such record')
  expectOfficial([logRecord({ body: 'next' })], writer)
})
