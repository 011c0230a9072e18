import { expect, it } from 'vitest'
import { canonical } from '../../../src/mapping/values/canonical.ts'
import { parseTime } from '../../../src/mapping/values/time.ts'
import { contentUid, identityUid } from '../../../src/mapping/values/uid.ts'

const ts = '2024-05-22T12:10:03.058340-0700'
const ms = (text: string) => parseTime(text)?.ms ?? 0

it('identifies a message by guid, time and queue id', () => {
  expect(identityUid('proofpoint.pod.message', 'example_hosted', 'abc', ts, '4TEST', ms(ts))).toBe(
    '01HYGVBRSJ1MQC0DRVDN4NVZTE',
  )
})

it('identifies a maillog by id, time and line', () => {
  const data = '2024-05-22T12:10:03.058340-07:00 m0000123 sendmail[1]: 4TEST: to=<a@example.com>, stat=Sent'
  expect(identityUid('proofpoint.pod.maillog', 'example_hosted', 'mNPe0oE7/1+aXyz', ts, data, ms(ts))).toBe(
    '01HYGVBRSJ0GQRXA574Z7A46JA',
  )
})

it('identifies an audit by guid and time', () => {
  const auditTs = '2024-05-22T19:10:03.058340+0000'
  const guid = '6a1b6a7e-6b1c-4e0e-9d0e-111111111111'
  expect(identityUid('proofpoint.pod.audit', '', guid, auditTs, '', ms(auditTs))).toBe(
    '01HYGVBRSJS23AZJJBYKDEAM40',
  )
})

it('identifies a TAP event by its canonical form', () => {
  const text =
    '{"GUID":"g","recipient":["b@example.com","a@example.com"],"messageParts":[{"md5":"2"},{"md5":"1"}],"messageTime":"2024-06-24T21:18:38.000Z"}'
  const form = canonical(text, { kind: 'tap' }) ?? ''
  expect(contentUid('proofpoint.tap.message.delivered', '', form, ms('2024-06-24T21:18:38.000Z'))).toBe(
    '01J161TXXGZ0BD4YCWG7AVB8GS',
  )
})

it('identifies a message without guid by its canonical form', () => {
  const text = `{"ts":"${ts}","filter":{"qid":"4TEST","durationSecs":0.5},"metadata":{"origin":{"data":{"cid":"example_hosted"}}}}`
  const form = canonical(text, { kind: 'pod' }) ?? ''
  expect(form).toBe(`{"filter":{"durationSecs":0.5,"qid":"4TEST"},"ts":"${ts}"}`)
  expect(contentUid('proofpoint.pod.message', 'example_hosted', form, ms(ts))).toMatch(/^01HYGVBRSJ/)
})

it('gives an event without a time the time 0', () => {
  expect(contentUid('proofpoint.pod.message', '', 'not JSON', 0)).toMatch(/^0{10}[0-9A-HJKMNP-TV-Z]{16}$/)
})
