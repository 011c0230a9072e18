/** Frames of more than a mebibyte, which PoD was seen to send. */
import { expect, test } from 'vitest'
import type { Kind, LogRecord } from '../../src/mapping/library.ts'
import { goldenCases } from './golden-cases.ts'
import { mapCase } from './golden-record.ts'

const MAX_RECORD_BYTES = 900 * 1024
const filler = 'All work and no play. '.repeat(70_000)

function event(kind: Kind, name: string) {
  const source = goldenCases.find(golden => golden.kind === kind && golden.name === name)?.source
  return JSON.parse(String(source))
}

const mapped = (kind: Kind, of: unknown): LogRecord =>
  mapCase({ kind, source: Buffer.from(JSON.stringify(of)) }).full

const message = event('pod.message', 'everything')
const small = mapped('pod.message', message)

test('one full of message content has the record of one without', () => {
  const [first, ...others] = message.msgParts
  const large = { ...message, msgParts: [{ ...first, textExtracted: filler, dataBase64: filler }, ...others] }
  const record = mapped('pod.message', large)
  expect(record).toEqual({
    ...small,
    attributes: {
      ...small.attributes,
      'proofpoint.body.removed_fields': ['msgParts[].textExtracted', 'msgParts[].dataBase64'],
    },
  })
})

test('one that is large otherwise loses its largest values from the body, and no fact', () => {
  const large = { ...message, trail: [filler, 'short'], msg: { ...message.msg, received: { first: filler } } }
  const { body, attributes, ...record } = mapped('pod.message', large)
  const { body: _, ...rest } = small
  expect({ ...record, attributes: {} }).toEqual({ ...rest, attributes: {}, cut: true })
  expect(attributes).toEqual({
    ...small.attributes,
    'proofpoint.body.truncated': true,
    'proofpoint.body.original_size': Buffer.byteLength(JSON.stringify(large)),
    'proofpoint.body.removed_fields': ['msg.received.first', 'trail[0]'],
  })
  expect(Buffer.byteLength(String(body))).toBeLessThanOrEqual(MAX_RECORD_BYTES)
  expect(JSON.parse(String(body))).toEqual({
    ...message,
    trail: ['short'],
    msg: { ...message.msg, received: {} },
  })
})

test('a maillog with a line of a mebibyte keeps what the line told', () => {
  const line = event('pod.maillog', 'mail-taken-in')
  const { attributes, body } = mapped('pod.maillog', { ...line, data: line.data + filler })
  const { data: _, ...withoutData } = line
  expect(attributes).toMatchObject({
    'process.pid': 22003,
    'proofpoint.body.truncated': true,
    'proofpoint.body.removed_fields': ['data'],
  })
  expect(JSON.parse(String(body))).toEqual(withoutData)
})

test('a URL of a mebibyte is cut in its attribute and taken out of the body', () => {
  const click = event('tap.click.permitted', 'everything')
  const url = `https://evil.example/${filler.replaceAll(' ', '+')}`
  const { attributes, body } = mapped('tap.click.permitted', { ...click, url })
  expect(attributes).toMatchObject({
    'url.full': url.slice(0, 4096),
    'url.domain': 'evil.example',
    'proofpoint.truncated.attributes': ['url.full'],
    'proofpoint.body.removed_fields': ['url'],
  })
  expect(JSON.parse(String(body))).not.toHaveProperty('url')
})

test('one of over 4 MiB keeps its identity and its facts, and is marked', () => {
  const trail = Array.from({ length: 3 }, () => filler)
  const { uid, cut, severityText, attributes } = mapped('pod.message', { ...message, trail })
  expect({ uid, cut, severityText }).toEqual({ uid: small.uid, cut: true, severityText: 'WARN' })
  expect(attributes).toMatchObject({
    'error.type': 'oversize',
    'proofpoint.message.guid': small.attributes['proofpoint.message.guid'],
    'proofpoint.body.truncated': true,
  })
})
