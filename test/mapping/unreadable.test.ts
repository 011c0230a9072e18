import { describe, expect, test } from 'vitest'
import { createMapping } from '../../src/mapping/library.ts'
import { attributesOf, mapEvent, OBSERVED_AT } from '../support/map-event.ts'

const ts = '2024-05-22T12:10:03.058340-0700'

describe('what cannot be read', () => {
  test.each<[string, string]>([
    ['{"guid":"g"', 'parse_error'],
    ['', 'parse_error'],
    ['5', 'unexpected_shape'],
    ['"text"', 'unexpected_shape'],
    ['null', 'unexpected_shape'],
    ['[{"guid":"g"}]', 'unexpected_shape'],
  ])('%j is a record with %s and its text', (text, fault) => {
    for (const body of ['original', 'structured', 'message', 'none'] as const) {
      const record = mapEvent('pod.message', text, { body })
      expect(record.body).toBe(text)
      expect(record.attributes).toEqual({ 'log.record.uid': record.uid, 'error.type': fault })
      expect(record.severityText).toBe('WARN')
      expect(record.hrTime).toEqual([OBSERVED_AT / 1000, 0])
    }
  })

  test.each([undefined, null, '', 'yesterday', '0000-01-01T00:00:00Z', '99999-01-01T00:00:00Z', 5])(
    'ts %j is invalid: the record has the time of its receipt, and all other facts',
    time => {
      const record = mapEvent('pod.message', { ts: time, guid: 'g' })
      expect(record.hrTime).toEqual([OBSERVED_AT / 1000, 0])
      expect(record.attributes).toMatchObject({
        'error.type': 'invalid_timestamp',
        'proofpoint.message.guid': 'g',
      })
      expect(record.severityText).toBe('WARN')
    },
  )

  test.each([
    ['pod.message', { ts, guid: 5 }],
    ['pod.message', { ts, guid: ' ', filter: { qid: 'q' } }],
    ['pod.audit', { ts }],
    ['pod.maillog', { ts, guid: 'g', id: 7, sm: { dsn: '4.4.1' } }],
    ['tap.message.blocked', { messageTime: ts, id: null, QID: 'q' }],
    ['tap.click.blocked', { clickTime: ts, GUID: '' }],
  ] as const)(
    '%s %j has no id: missing_id, WARN at least, and its text in every body mode',
    (kind, event) => {
      for (const body of ['original', 'structured', 'message', 'none'] as const) {
        const record = mapEvent(kind, event, { body })
        expect(record.attributes['error.type']).toBe('missing_id')
        expect(record.severityNumber).toBeGreaterThanOrEqual(13)
        expect(record.body).toBe(JSON.stringify(event))
      }
    },
  )

  test('one of GUID and id names a TAP event', () => {
    for (const name of [{ GUID: 'g' }, { id: 'i' }])
      expect(attributesOf('tap.click.blocked', { clickTime: ts, ...name })['error.type']).toBeUndefined()
  })

  test('an event without a time keeps its text in every body mode', () => {
    for (const body of ['structured', 'message', 'none'] as const)
      expect(mapEvent('pod.message', { ts: 'never', guid: 'g' }, { body }).body).toBe(
        '{"ts":"never","guid":"g"}',
      )
  })

  test('when the mapping itself fails there is one record without facts, with the text without content', () => {
    const onUnknown = (): void => {
      throw new Error('a fault')
    }
    const text = `{"ts":"${ts}","guid":"g","new":1,"msgParts":[{"dataBase64":"x"}]}`
    const record = mapEvent('pod.message', text, { onUnknown, body: 'none' })
    expect(record.attributes).toEqual({
      'log.record.uid': mapEvent('pod.message', text).uid,
      'error.type': 'mapping_failed',
      'proofpoint.body.removed_fields': ['msgParts[].dataBase64'],
    })
    expect(record.body).toBe(`{"ts":"${ts}","guid":"g","new":1,"msgParts":[{}]}`)
    expect(record.severityText).toBe('WARN')
  })

  test('texts of megabytes in any known place make a record', () => {
    const long = 'a.'.repeat(4_000_000)
    const header = [`"${long}" <ann@example.org>`, `=?utf-8?q?${long}`]
    const mail = { ts, guid: 'g', connection: { ip: long }, msg: { header: { from: header, to: header } } }
    expect(mapEvent('pod.message', mail).attributes['error.type']).toBe('oversize')
    const line = { ts, id: 'i', sm: { relay: long, stat: long, delay: '1'.repeat(8_000_000), to: ['a'] } }
    expect(mapEvent('pod.maillog', line).attributes['error.type']).toBe('oversize')
    expect(mapEvent('pod.message', { ts: long, guid: 'g' }).attributes['error.type']).toBe(
      'invalid_timestamp',
    )
  })

  test('a list of a million in an unknown place is told once', () => {
    const told: string[] = []
    const many = { ts, guid: 'g', new: new Array(1_000_000).fill(1), msgParts: new Array(200_000).fill(1) }
    mapEvent('pod.message', many, { onUnknown: (_kind, path) => told.push(path) })
    expect(told).toEqual(['new[]', 'msgParts[]:unreadable', 'msgParts[]:number'])
  })

  test('a value that is not in its notation is told, what Proofpoint writes for no address is not', () => {
    const told: string[] = []
    const event = {
      ts,
      guid: 'g',
      connection: { ip: 'somewhere' },
      filter: { startTime: 'soon', durationSecs: 1e12, throttleIp: '400.000.000' },
      msg: { header: { 'x-originating-ip': ['192.0.2.1', '', 'x'] } },
    }
    mapEvent('pod.message', event, { onUnknown: (_kind, path) => told.push(path) })
    expect(told).toEqual([
      'connection.ip:unreadable',
      'filter.startTime:unreadable',
      'filter.durationSecs:unreadable',
      'msg.header.x-originating-ip[]:unreadable',
    ])
  })

  test('an array that no document names gives records with unknown_kind and the text', () => {
    const record = mapEvent('tap.unknown', '{"id":"x"}', { body: 'none' })
    expect(record).toMatchObject({
      eventName: 'proofpoint.tap.unknown',
      body: '{"id":"x"}',
      severityText: 'WARN',
    })
    expect(record.attributes['error.type']).toBe('unknown_kind')
  })

  test('bytes that are no UTF-8 are marked', () => {
    const bytes = Buffer.concat([
      Buffer.from(`{"ts":"${ts}","guid":"`),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ])
    const record = createMapping()('pod.message', bytes, OBSERVED_AT)
    expect(record.attributes).toMatchObject({
      'proofpoint.body.invalid_utf8': true,
      'proofpoint.message.guid': '\ufffd',
    })
    expect(record.body).toBe(`{"ts":"${ts}","guid":"\ufffd"}`)
  })

  test('raw control characters in a text are read, and stay in the body', () => {
    const text = `{"ts":"${ts}","guid":"g","msg":{"header":{"subject":["a\tb"]}}}`
    const record = mapEvent('pod.message', text)
    expect(record.attributes['email.subject']).toBe('a\tb')
    expect(record.attributes['error.type']).toBeUndefined()
    expect(record.body).toBe(text)
  })

  test('whole numbers that JavaScript cannot hold are no attribute, are told, and stay in the body', () => {
    const told: string[] = []
    const text = `{"ts":"${ts}","guid":"g","msg":{"sizeBytes":9007199254740993},"filter":{"mid":9007199254740993}}`
    const onUnknown = (_kind: string, path: string) => told.push(path)
    const record = mapEvent('pod.message', text, { attributes: 'full', onUnknown })
    expect(Object.keys(record.attributes)).toEqual(['log.record.uid', 'proofpoint.message.guid'])
    expect(told).toEqual(['msg.sizeBytes:number', 'filter.mid:number'])
    expect(record.body).toBe(text)
    expect(mapEvent('pod.message', text, { body: 'structured' }).body).toMatchObject({
      msg: { sizeBytes: '9007199254740993' },
    })
  })
})
