import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attribute } from '../../src/mapping/attributes/attribute.ts'
import { attributes } from '../../src/mapping/attributes.ts'
import { createMapping } from '../../src/mapping/library.ts'
import { pathsOf, segmentsOf } from '../../src/mapping/paths.ts'
import { tables } from '../../src/mapping/tables.ts'
import { kinds, type LogRecord } from '../../src/pipeline.ts'
import { OBSERVED_AT } from '../support/map-event.ts'
import { typeOf } from './type-of.ts'

const bodies = ['original', 'structured', 'message', 'none'] as const
const mappings = bodies.map(body =>
  createMapping({ body, attributes: 'full', unmappedList: true, maxRecordBytes: 2000 }),
)

/** Maps the text as every kind with every body, and checks what holds of any record. */
function mapAll(text: string): void {
  for (const toRecord of mappings) {
    for (const kind of kinds) {
      const record = toRecord(kind, text, OBSERVED_AT)
      expectSound(record)
      expect(toRecord(kind, text, OBSERVED_AT)).toEqual(record)
    }
  }
}

function expectSound(record: LogRecord): void {
  const { uid, attributes: facts, hrTime, severityNumber, severityText, eventName, body } = record
  expect(uid).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
  expect(facts['log.record.uid']).toBe(uid)
  expect(eventName).toMatch(/^proofpoint\./)
  expect(hrTime.every(Number.isSafeInteger)).toBe(true)
  expect(severityNumber).toBeGreaterThan(0)
  expect(severityText?.isWellFormed()).toBe(true)
  const known: Readonly<Record<string, Attribute>> = attributes
  for (const [name, value] of Object.entries(facts))
    expect([name, typeOf(value)]).toEqual([name, known[name]?.type])
  expectAnyValue(body)
}

/** A body is what OTLP calls AnyValue; its texts must survive UTF-8. */
function expectAnyValue(value: LogRecord['body']): void {
  if (typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) expectAnyValue(child)
  else if (typeof value === 'string') expect(value.isWellFormed()).toBe(true)
  else expect(['undefined', 'number', 'boolean', 'object']).toContain(typeof value)
}

test('any text becomes a record', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), mapAll), { numRuns: 100 })
})

test('any JSON becomes a record', () => {
  fc.assert(fc.property(fc.json(), mapAll), { numRuns: 100 })
})

const oddText = fc
  .array(
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'length',
      'guid',
      '',
      '.',
      '[]',
      '\ud800',
      '\udfff',
      '\u0000',
      '\u2028',
      '"',
      '\\',
      '😀',
    ),
    { maxLength: 3 },
  )
  .map(pieces => pieces.join(''))
const oddJson = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(oddText, fc.double(), fc.constantFrom(2 ** 53, -0, null, true)),
    fc.array(tie('value')),
    fc.array(fc.tuple(oddText, tie('value'))).map(entries => Object.fromEntries(entries)),
  ),
})).value

test('keys and texts that are odd become a record', () => {
  fc.assert(
    fc.property(oddJson, value => mapAll(JSON.stringify(value))),
    { numRuns: 50 },
  )
})

test('any bytes become a record', () => {
  const toRecord = createMapping({ attributes: 'full', body: 'structured' })
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      oddText.map(text => Buffer.from(text)),
    ),
  )
  fc.assert(
    fc.property(pieces, parts => {
      const bytes = Buffer.concat([Buffer.from('{"guid":"'), ...parts, Buffer.from('"}')])
      for (const kind of kinds) expectSound(toRecord(kind, bytes, OBSERVED_AT))
    }),
  )
})

/** Any value at any known path. */
const knownPaths = [
  ...new Set(
    Object.values(tables).flatMap(({ rows, created }) =>
      [...rows, created].flatMap(({ from }) => from.flatMap(pathsOf)),
    ),
  ),
]
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '**',
    'NONE',
    'True',
    '2024-05-22T12:10:03.058340-0700',
    '[IPv6:::1]',
    '<>',
    '\ud800',
    'active',
  ),
  fc.constantFrom(0, -0, Number.MAX_VALUE, 2 ** 53, 1.5, true, null),
)
const eventAlongPaths = fc
  .array(fc.tuple(fc.constantFrom(...knownPaths), anything, fc.boolean()), { maxLength: 40 })
  .map(facts => {
    const event: Record<string, unknown> = {}
    for (const [path, value, asList] of facts) place(event, path, asList ? [value, value] : value)
    return event
  })

function place(event: Record<string, unknown>, path: string, value: unknown): void {
  const keys = segmentsOf(path).flatMap(segment => (typeof segment === 'object' ? segment.key : []))
  let object = event
  for (const key of keys.slice(0, -1)) {
    const child = object[key]
    const next = typeof child === 'object' && child !== null && !Array.isArray(child) ? { ...child } : {}
    object[key] = next
    object = next
  }
  object[keys.at(-1) ?? 'key'] = value
}

test('any value at a known path becomes a record of sound types', () => {
  fc.assert(
    fc.property(eventAlongPaths, event => mapAll(JSON.stringify(event))),
    { numRuns: 200 },
  )
})

test.each([
  ['lists 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000)],
  ['an unknown key 10,000 deep', `{"new":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
  ['a known key 10,000 deep', `{"msgParts":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  [
    'a key __proto__',
    '{"__proto__":{"guid":"x"},"filter":{"__proto__":{"qid":"y"}},"msgParts":[{"__proto__":[]}]}',
  ],
  ['a key constructor', '{"constructor":{"prototype":1},"toString":"x","hasOwnProperty":null}'],
  ['a key twice', '{"guid":"a","guid":"b"}'],
  ['empty keys', '{"":{"":""},"msgParts":[{"metadata":{"":1," ":2}}]}'],
])('%s becomes a record', (_, text) => {
  mapAll(text)
})

test('a key __proto__ gives no fact and stays in a structured body', () => {
  const [, structured] = mappings
  const record = structured?.(
    'pod.message',
    '{"ts":"2024-05-22T12:10:03Z","guid":"g","__proto__":{"guid":"x"}}',
    OBSERVED_AT,
  )
  expect(record?.attributes['proofpoint.message.guid']).toBe('g')
  expect(Object.keys(Object(record?.body))).toEqual(['ts', 'guid', '__proto__'])
})

test('twenty thousand parts, actions and threats become a record', () => {
  const many = (element: object) => new Array(20_000).fill(element)
  const parts = many({ disposition: 'attached', md5: 'a', urls: [{ url: 'https://example.com' }] })
  const toRecord = createMapping({ attributes: 'full', body: 'structured' })
  const message = { msgParts: parts, filter: { actions: many({ module: 'av', rule: 'clean' }) } }
  const { attributes: mail } = toRecord('pod.message', JSON.stringify(message), OBSERVED_AT)
  expect(mail['proofpoint.part.count']).toBe(20_000)
  expect(mail['email.attachments.file.hash.md5']).toHaveLength(200)
  const element = { threatsInfoMap: many({ threatID: 't', actors: [{ id: 'a' }] }), messageParts: parts }
  const { attributes: threat } = toRecord('tap.message.blocked', JSON.stringify(element), OBSERVED_AT)
  expect(threat['proofpoint.threat.count']).toBe(20_000)
  expect(threat['proofpoint.threat.actor.ids']).toEqual(['a'])
})

test('a million elements become a record', () => {
  const text = `{"envelope":{"rcpts":[${'"a@example.org",'.repeat(200_000)}""]},"new":[${'1,'.repeat(1_000_000)}1]}`
  const record = createMapping()('pod.message', text, OBSERVED_AT)
  expect(record.attributes['proofpoint.envelope.recipients']).toEqual(['a@example.org'])
})
