import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../src/otlp/answer.ts'
import { outcomeOf } from '../../src/otlp/outcome.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'

const answer = (status: number, type?: string, body: string | Uint8Array = ''): Answer => ({
  status,
  headers: type === undefined ? {} : { 'content-type': type },
  body: Buffer.from(body),
})

const outcome = (...parts: Parameters<typeof answer>) => outcomeOf(answer(...parts), NOW)

describe('an acceptance is', () => {
  test.each([
    ['200 without a body', answer(200)],
    ['202 without a body', answer(202)],
    ['204', answer(204)],
    ['an empty JSON object', answer(200, JSON_TYPE, '{}')],
    ['a partialSuccess of null', answer(200, JSON_TYPE, '{"partialSuccess":null}')],
    [
      'a message that is no text',
      answer(200, JSON_TYPE, '{"partialSuccess":{"errorMessage":{"toString":1}}}'),
    ],
    ['no rejections as text', answer(200, JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":"0"}}')],
    [
      'JSON that is labelled as text, as simple Go servers do',
      answer(200, 'text/plain; charset=utf-8', '{}'),
    ],
    ['an empty partial success in protobuf', answer(200, PROTOBUF_TYPE, Buffer.from('0a00', 'hex'))],
    ['a warning in protobuf', answer(200, PROTOBUF_TYPE, Buffer.from('0a041202686f', 'hex'))],
    ['protobuf without a content type', answer(200, undefined, Buffer.from('0a00', 'hex'))],
    ['a field that a later version may add', answer(200, PROTOBUF_TYPE, Buffer.from('1a021234', 'hex'))],
  ])('%s', (_, given) => {
    expect(outcomeOf(given, NOW)).toEqual({ status: 'accepted' })
  })
})

describe('what is no answer of an OTLP receiver holds:', () => {
  test.each([
    ['an HTML page', answer(200, 'text/html', '<html>')],
    ['an HTML page without a content type', answer(200, undefined, '<html><body>')],
    ['a text', answer(200, 'text/plain', 'accepted!')],
    ['the JSON of something else', answer(200, JSON_TYPE, '{"error":"invalid api key"}')],
    ['JSON that breaks off', answer(200, JSON_TYPE, '{"partialSuccess":')],
    ['a count that is no count', answer(200, JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":"some"}}')],
    ['a count below nothing', answer(200, JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":-1}}')],
    ['a partialSuccess that is a list', answer(200, JSON_TYPE, '{"partialSuccess":[]}')],
    ['protobuf that breaks off', answer(200, PROTOBUF_TYPE, Buffer.from('0a05', 'hex'))],
    ['a compressed answer', answer(200, undefined, Buffer.from('1f8b0800', 'hex'))],
    ['an answer that never ends', { ...answer(200, JSON_TYPE, '{}'), truncated: true }],
  ])('%s', (_, given) => {
    expect(outcomeOf(given, NOW)).toMatchObject({ status: 'hold' })
  })
})

test.each([
  [JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":3,"errorMessage":"old"}}'],
  [JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"old"}}'],
  [JSON_TYPE, '{"partial_success":{"rejected_log_records":3,"error_message":"old"}}'],
  [PROTOBUF_TYPE, Buffer.from('0a07080312036f6c64', 'hex')],
])('rejections are counted in %s %s', (type, body) => {
  expect(outcome(200, type, body)).toEqual({ status: 'partial', rejected: 3, reason: 'old' })
})

test.each([
  [408, 'retry'],
  [429, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
  [413, 'too large'],
  [400, 'refused'],
  [301, 'hold'],
  [302, 'hold'],
  [307, 'hold'],
  [401, 'hold'],
  [403, 'hold'],
  [404, 'hold'],
  [405, 'hold'],
  [407, 'hold'],
  [415, 'hold'],
  [422, 'hold'],
  [500, 'hold'],
  [501, 'hold'],
  [505, 'hold'],
])('HTTP %i without a text is: %s', (status, expected) => {
  expect(outcome(status)).toEqual({ status: expected, reason: `HTTP ${status}` })
})

test('a status of google.rpc gives its message as the reason, in JSON and in protobuf', () => {
  expect(outcome(503, JSON_TYPE, '{"code":14,"message":"queue full"}')).toMatchObject({
    reason: 'HTTP 503: queue full',
  })
  const status = Buffer.from('080e120a71756575652066756c6c', 'hex')
  expect(outcome(503, PROTOBUF_TYPE, status)).toMatchObject({ reason: 'HTTP 503: queue full' })
})

test.each([
  ['text/plain', 'http: request body too large'],
  [JSON_TYPE, '{"code":3,"message":"http: request body too large"}'],
])('a body limit answered as 400 in %s means too large', (type, body) => {
  expect(outcome(400, type, body)).toMatchObject({ status: 'too large' })
})

test.each([
  ['7', 7_000],
  ['100000', 900_000],
  ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 10:00:30 GMT', 900_000],
  ['Sun, 22 Nov 2026 09:00:00 GMT', undefined],
  ['0', undefined],
  ['-5', undefined],
  ['soon', undefined],
  ['', undefined],
])('Retry-After: %s waits for %s ms', (header, afterMs) => {
  const { afterMs: actual } = {
    afterMs: undefined,
    ...outcomeOf({ ...answer(503), headers: { 'retry-after': header } }, NOW),
  }
  expect(actual).toBe(afterMs)
})

test('a reason is one short line, whatever the server says', () => {
  const said = `${'very '.repeat(100)}\r\n\u001b[31mred\u202e`
  const { reason } = { reason: '', ...outcome(401, 'text/plain', said) }
  expect(reason.length).toBeLessThanOrEqual(200)
  expect(outcome(401, 'text/plain', 'a\r\n\u001b[31mred\u202e b')).toMatchObject({
    reason: 'HTTP 401: a [31mred b',
  })
})

test('no answer makes it throw', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }),
      fc.constantFrom(undefined, JSON_TYPE, PROTOBUF_TYPE, 'text/html'),
      fc.uint8Array({ maxLength: 40 }),
      (status, type, body) => {
        expect(outcome(status, type, body)).toHaveProperty('status')
      },
    ),
  )
})

test('a text that begins like a page is never an acceptance', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(undefined, JSON_TYPE, PROTOBUF_TYPE, 'text/html'),
      fc.string(),
      (type, text) => {
        expect(outcome(200, type, `<${text}`)).toMatchObject({ status: 'hold' })
      },
    ),
  )
})
