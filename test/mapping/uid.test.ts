import { expect, test } from 'vitest'
import type { RawEvent } from '../../src/pipeline.ts'
import { mapper, observedAt } from '../support/deliveries.ts'
import { mapEvent } from '../support/map-event.ts'

const message =
  '{"guid":"abc","ts":"2024-05-22T12:10:03.058340-0700","filter":{"qid":"4TEST","durationSecs":0.5},"metadata":{"origin":{"data":{"cid":"example_hosted"}}}}'

test('a PoD message has the uid of its guid, ts, qid and cluster', () => {
  expect(mapEvent('pod.message', message).uid).toBe('01HYGVBRSJ1MQC0DRVDN4NVZTE')
})

test('a PoD maillog has the uid of its id, ts, data and cluster', () => {
  const line =
    '{"id":"mNPe0oE7/1+aXyz","ts":"2024-05-22T12:10:03.058340-0700","data":"2024-05-22T12:10:03.058340-07:00 m0000123 sendmail[1]: 4TEST: to=<a@example.com>, stat=Sent","sm":{"qid":"4TEST"},"pps":{"cid":"example_hosted"}}'
  expect(mapEvent('pod.maillog', line).uid).toBe('01HYGVBRSJ0GQRXA574Z7A46JA')
})

test('a PoD audit event has the uid of its guid and ts', () => {
  const audit =
    '{"guid":"6a1b6a7e-6b1c-4e0e-9d0e-111111111111","ts":"2024-05-22T19:10:03.058340+0000","audit":{"action":"login"}}'
  expect(mapEvent('pod.audit', audit).uid).toBe('01HYGVBRSJS23AZJJBYKDEAM40')
})

test('a TAP event has the uid of its content, whatever the order of its keys and lists', () => {
  const event =
    '{"GUID":"g","recipient":["b@example.com","a@example.com"],"messageParts":[{"md5":"2"},{"md5":"1"}],"messageTime":"2024-06-24T21:18:38.000Z"}'
  const shuffled =
    '{"messageTime":"2024-06-24T21:18:38.000Z","messageParts":[{"md5":"1"},{"md5":"2"}],"recipient":["a@example.com","b@example.com"],"GUID":"g"}'
  expect(mapEvent('tap.message.delivered', event).uid).toBe('01J161TXXGZ0BD4YCWG7AVB8GS')
  expect(mapEvent('tap.message.delivered', shuffled).uid).toBe('01J161TXXGZ0BD4YCWG7AVB8GS')
})

test('without guid the content counts, but not metadata and message content', () => {
  const event = { ts: '2024-05-22T12:10:03.058340-0700', filter: { qid: '4TEST', durationSecs: 0.5 } }
  const uid = mapEvent('pod.message', event).uid
  const parts = [{ md5: 'a', dataBase64: 'x' }]
  expect(mapEvent('pod.message', { ...event, metadata: { trace: [{ id: '1' }] } }).uid).toBe(uid)
  expect(mapEvent('pod.message', { ...event, msgParts: parts }).uid).toBe(
    mapEvent('pod.message', { ...event, msgParts: [{ md5: 'a', textExtracted: 'y' }] }).uid,
  )
  expect(mapEvent('pod.message', { ...event, filter: { qid: '5TEST', durationSecs: 0.5 } }).uid).not.toBe(uid)
})

test('of two cluster ids the one of metadata counts', () => {
  const event = { guid: 'g', ts: '2024-05-22T12:10:03.058340-0700' }
  const metadata = { origin: { data: { cid: 'new' } } }
  const uidOf = (places: object) => mapEvent('pod.message', { ...event, ...places }).uid
  expect(uidOf({ metadata, pps: { cid: 'old' } })).toBe(uidOf({ metadata }))
  expect(uidOf({ metadata })).toBe(uidOf({ pps: { cid: 'new' } }))
  expect(uidOf({ metadata })).not.toBe(uidOf({ pps: { cid: 'old' } }))
})

test('a guid that is not text counts as missing', () => {
  const event = { guid: 5, ts: '2024-05-22T12:10:03.058340-0700' }
  expect(mapEvent('pod.message', event).uid).not.toBe(mapEvent('pod.message', { ...event, guid: '5' }).uid)
  expect(mapEvent('pod.message', event).uid).not.toBe(mapEvent('pod.message', { ...event, guid: 6 }).uid)
})

test('an event that has its uid keeps it, whatever its text is', () => {
  for (const text of [message, 'no json']) {
    const event: RawEvent = { kind: 'pod.message', bytes: Buffer.from(text), observedAt, uid: 'its uid' }
    expect(mapper.uid(event)).toBe('its uid')
    expect(mapper.map(event)).toMatchObject({ uid: 'its uid', attributes: { 'log.record.uid': 'its uid' } })
  }
})

test('no option changes the uid', () => {
  const event = { guid: 'g', ts: '2024-05-22T12:10:03Z', msgParts: [{ dataBase64: 'secret', md5: 'a' }] }
  const click = {
    url: 'https://example.com',
    clickTime: '2024-05-22T12:10:03Z',
    threatTime: '2024-05-23T12:10:03Z',
  }
  for (const body of ['original', 'structured', 'message', 'none'] as const) {
    for (const timestamp of ['created', 'occurred'] as const) {
      const options = { body, timestamp, content: 'keep', attributes: 'full', maxRecordBytes: 60 } as const
      expect(mapEvent('pod.message', event, options).uid).toBe(mapEvent('pod.message', event).uid)
      expect(mapEvent('tap.click.blocked', click, options).uid).toBe(mapEvent('tap.click.blocked', click).uid)
    }
  }
})

test('an event without time has uid time 0, text that is no JSON the uid of its text', () => {
  expect(mapEvent('pod.message', { guid: 'g' }).uid).toMatch(/^0000000000/)
  expect(mapEvent('pod.message', 'not json').uid).toMatch(/^0000000000/)
  expect(mapEvent('pod.message', 'not json').uid).not.toBe(mapEvent('pod.message', 'not json!').uid)
})
