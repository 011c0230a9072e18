import { resourceFromAttributes } from '@opentelemetry/resources'
import { describe, expect, test } from 'vitest'
import { createMapper, mapperDefaults } from '../../src/mapping/mapper.ts'
import { attributesOf, mapEvent, OBSERVED_AT } from '../support/map-event.ts'

const ts = '2024-05-22T12:10:03.058340-0700'

describe('the body', () => {
  const withContent = `{"ts":"${ts}","guid":"g", "msgParts":[{"md5":"a", "dataBase64":"c2VjcmV0"},{"textExtracted":"secret"}]}`
  const withoutContent = { ts, guid: 'g', msgParts: [{ md5: 'a' }, {}] }

  test('has no message content, and says so', () => {
    const { body, attributes } = mapEvent('pod.message', withContent)
    expect(JSON.parse(String(body))).toEqual(withoutContent)
    expect(attributes['proofpoint.body.removed_fields']).toEqual([
      'msgParts[].dataBase64',
      'msgParts[].textExtracted',
    ])
    expect(mapEvent('pod.message', withContent, { body: 'structured' }).body).toEqual(withoutContent)
  })

  test('has message content by option', () => {
    const { body, attributes } = mapEvent('pod.message', withContent, { content: 'keep' })
    expect(body).toBe(withContent)
    expect(attributes).not.toHaveProperty('proofpoint.body.removed_fields')
  })

  test('text() follows the same option', () => {
    const event = { kind: 'pod.message', bytes: Buffer.from(withContent), observedAt: OBSERVED_AT } as const
    const text = (content: 'keep' | 'remove') => mapperWith({ content }).text(event)
    expect(JSON.parse(text('remove'))).toEqual(withoutContent)
    expect(text('keep')).toBe(withContent)
  })

  test('is a map on demand, flat below 64 levels', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    const { body } = mapEvent('pod.message', `{"ts":"${ts}","guid":"g","a":${nested(80)}}`, {
      body: 'structured',
    })
    let level: unknown = body
    let depth = 0
    for (; typeof level === 'object' && level !== null; depth++) level = Object.values(level).at(-1)
    expect([depth, level]).toEqual([64, nested(17)])
  })

  test('is a map only where a map can say what the text says', () => {
    const structured = (text: string) =>
      mapEvent('pod.message', `{"ts":"${ts}","guid":"g","a":${text}}`, { body: 'structured' }).body
    for (const text of ['{"b":1,"b":2}', '[{"b":{},"b":[]}]', '{"\\ud800":1}'])
      expect(structured(text)).toBe(`{"ts":"${ts}","guid":"g","a":${text}}`)
    expect(
      structured('[1e400, 0.1234567890123456789, 12345678901234567890, 1e-400, 0.1, 1e21, 1.50]'),
    ).toEqual({
      ts,
      guid: 'g',
      a: ['1e400', '0.1234567890123456789', '12345678901234567890', '1e-400', 0.1, 1e21, 1.5],
    })
  })

  test('is absent on demand', () => {
    expect(mapEvent('pod.message', { ts, guid: 'g' }, { body: 'none' }).body).toBeUndefined()
    expect(mapEvent('pod.message', withContent, { body: 'none' }).attributes).toEqual({
      'log.record.uid': expect.any(String),
      'proofpoint.message.guid': 'g',
      'proofpoint.part.count': 2,
      'email.attachments.file.hash.md5': undefined,
    })
  })

  test('over the limit loses its largest values, stays JSON, and says so', () => {
    const event = { ts, guid: 'g', huge: 'x'.repeat(5000) }
    const { body, attributes } = mapEvent('pod.message', event, { maxRecordBytes: 1000 })
    expect(JSON.parse(String(body))).toEqual({ ts, guid: 'g' })
    expect(attributes).toMatchObject({
      'proofpoint.body.truncated': true,
      'proofpoint.body.original_size': JSON.stringify(event).length,
      'proofpoint.body.removed_fields': ['huge'],
    })
  })

  test('says what a PoD message came to, in a few words', () => {
    const filter = {
      routeDirection: 'inbound',
      disposition: 'discard',
      actions: [{ isFinal: true, module: 'spam', rule: 'phish' }],
    }
    expect(mapEvent('pod.message', { ts, guid: 'g', filter }, { body: 'message' }).body).toBe(
      'Inbound message: discard (spam phish)',
    )
    expect(mapEvent('pod.message', { ts, guid: 'g' }, { body: 'message' }).body).toBe(
      'Message: no disposition',
    )
  })

  test('in a few words keeps the limit, too', () => {
    const line = { ts, id: 'i', data: `${'x'.repeat(999)}é` }
    const { body, attributes } = mapEvent('pod.maillog', line, { body: 'message', maxRecordBytes: 1000 })
    expect(body).toBe('x'.repeat(999))
    expect(attributes).toMatchObject({
      'proofpoint.body.truncated': true,
      'proofpoint.body.original_size': 1001,
    })
  })
})

describe('limits', () => {
  test('a text over 4 KiB is cut between characters and named', () => {
    const { 'email.subject': subject, ...rest } = attributesOf('tap.message.blocked', {
      messageTime: ts,
      subject: `${'x'.repeat(4095)}é`,
    })
    expect(subject).toBe('x'.repeat(4095))
    expect(rest['proofpoint.truncated.attributes']).toEqual(['email.subject'])
  })

  test('what names an event is never cut', () => {
    const guid = 'g'.repeat(5000)
    const facts = attributesOf('pod.message', { ts, guid })
    expect(facts).toEqual({ 'proofpoint.message.guid': guid })
  })

  test('lists of one group are cut at the same element', () => {
    const threatsInfoMap = Array.from({ length: 300 }, (_, i) => ({
      threatID: `t${i}`,
      classification: 'spam',
    }))
    const facts = attributesOf('tap.message.blocked', { messageTime: ts, threatsInfoMap })
    expect(facts['proofpoint.threat.ids']).toHaveLength(200)
    expect(facts['proofpoint.threat.classifications']).toHaveLength(200)
    expect(facts['proofpoint.threat.count']).toBe(300)
    expect(facts['proofpoint.truncated.attributes']).toEqual([
      'proofpoint.threat.classifications',
      'proofpoint.threat.ids',
    ])
  })

  test('the list of what was taken out of the body is cut and named like others', () => {
    const event = {
      ts,
      guid: 'g',
      ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])),
    }
    const facts = attributesOf('pod.message', event, { maxRecordBytes: 80 })
    expect(facts['proofpoint.body.removed_fields']).toHaveLength(200)
    expect(facts['proofpoint.truncated.attributes']).toEqual(['proofpoint.body.removed_fields'])
  })

  test('of the URLs of a mail 50 are sent', () => {
    const urls = Array.from({ length: 60 }, (_, i) => ({ url: `https://example.com/${i}` }))
    const facts = attributesOf('pod.message', { ts, msgParts: [{ urls }] }, { attributes: 'full' })
    expect(facts['proofpoint.message.urls']).toHaveLength(50)
    expect(facts['proofpoint.truncated.attributes']).toEqual(['proofpoint.message.urls'])
  })

  test('the word of a level is cut like other texts', () => {
    const level = (word: string) =>
      mapEvent('pod.audit', { ts, guid: 'g', audit: { level: word } }).severityText
    expect(level('x'.repeat(5000))).toBe('x'.repeat(4096))
    expect(level('\ud800')).toBe('\ufffd')
  })

  test('a lone surrogate becomes U+FFFD without counting as cut', () => {
    const few = mapEvent(
      'tap.click.blocked',
      { id: 'i', clickTime: ts, classification: '\ud800' },
      { body: 'message' },
    )
    expect(few.body).toBe('Blocked click: \ufffd')
    expect(
      attributesOf('pod.message', `{"ts":"${ts}","guid":"a\\ud800","filter":{"routes":["\\udc00"]}}`),
    ).toEqual({
      'proofpoint.message.guid': 'a\ufffd',
      'proofpoint.policy.routes': ['\ufffd'],
    })
  })
})

describe('options', () => {
  test('the event name is repeated as an attribute', () => {
    expect(attributesOf('pod.message', { ts, guid: 'g' }, { eventNameAttribute: true })).toEqual({
      'proofpoint.message.guid': 'g',
      'otel.event.name': 'proofpoint.pod.message',
    })
  })

  test('unknown paths are named on the record, without indices, 50 at most', () => {
    const event = {
      ts,
      guid: 'g',
      new: { list: [{ a: 1 }, { a: 2 }, { b: null }] },
      filter: { other: {}, qid: 5 },
    }
    expect(attributesOf('pod.message', event, { unmappedList: true })).toEqual({
      'proofpoint.message.guid': 'g',
      'proofpoint.unmapped.fields': ['new.list[].a', 'new.list[].b', 'filter.other', 'filter.qid:number'],
    })
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`new${i}`, i]))
    const facts = attributesOf('pod.message', { ts, ...many }, { unmappedList: true })
    expect(facts['proofpoint.unmapped.fields']).toHaveLength(50)
    expect(facts['proofpoint.truncated.attributes']).toEqual(['proofpoint.unmapped.fields'])
  })

  test('each unknown path of an event is told once, 100 at most', () => {
    const told: string[] = []
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`new${i}`, [i, i]]))
    mapEvent(
      'tap.click.blocked',
      { clickTime: ts, ...many },
      { onUnknown: (kind, path) => told.push(`${kind} ${path}`) },
    )
    expect(told).toHaveLength(100)
    expect(told[0]).toBe('tap.click.blocked new0[]')
  })

  test('a cluster id that stands on the resource is left out of the record', () => {
    const resource = resourceFromAttributes({ 'proofpoint.cluster.id': 'example_hosted' })
    const origin = () => ({ resource, scope: { name: 'test' } })
    const record = mapEvent('pod.message', { ts, pps: { cid: 'example_hosted' } }, { origin })
    expect(record.attributes).not.toHaveProperty('proofpoint.cluster.id')
    expect(record).toMatchObject({ resource, instrumentationScope: { name: 'test' } })
    expect(mapEvent('pod.message', { ts, pps: { cid: 'other' } }, { origin }).attributes).toHaveProperty(
      'proofpoint.cluster.id',
    )
  })
})

function mapperWith(options: { content: 'keep' | 'remove' }) {
  return createMapper({
    origin: () => ({ resource: resourceFromAttributes({}), scope: { name: 'test' } }),
    ...mapperDefaults,
    ...options,
  })
}

test('uid() gives the uid of map()', () => {
  const mapper = mapperWith({ content: 'remove' })
  for (const text of ['{"guid":"g","ts":"x"}', 'not json', '[]']) {
    const event = { kind: 'pod.message', bytes: Buffer.from(text), observedAt: OBSERVED_AT } as const
    expect(mapper.uid(event)).toBe(mapper.map(event).uid)
  }
})

test('a tighter limit of the body than that of the settings is kept, down to nothing of it', () => {
  const mapper = mapperWith({ content: 'remove' })
  const bytes = Buffer.from(JSON.stringify({ guid: 'g', trail: ['x'.repeat(3_000), 'short'] }))
  const event = { kind: 'pod.message', bytes, observedAt: OBSERVED_AT } as const
  const whole = mapper.map(event)
  expect(whole.cut).toBeUndefined()
  expect(mapper.map(event, 4_000)).toEqual(whole)
  for (const [mostBodyBytes, body] of [
    [1_000, '{"guid":"g","trail":["short"]}'],
    [0, ''],
  ] as const) {
    const marks = { 'proofpoint.body.truncated': true, 'proofpoint.body.original_size': bytes.length }
    expect(mapper.map(event, mostBodyBytes)).toMatchObject({
      uid: whole.uid,
      cut: true,
      body,
      attributes: marks,
    })
  }
})
