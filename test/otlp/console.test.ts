import { expect, test } from 'vitest'
import { consoleExporter } from '../../src/otlp/console.ts'
import type { LogRecord } from '../../src/pipeline.ts'
import { batchOf, logRecord } from '../support/log-records.ts'

const never = new AbortController().signal

async function shown(records: LogRecord[], colour = false): Promise<string> {
  let text = ''
  const exporter = consoleExporter(
    async part => {
      text += part
      return true
    },
    { colour },
  )
  expect(await exporter.export(batchOf(...records), never)).toEqual({ status: 'accepted' })
  return text
}

test('a record is a title, its main attributes, its body and how much more there is', async () => {
  const record = logRecord({
    severityText: 'WARN2',
    eventName: 'proofpoint.tap.message.blocked',
    attributes: {
      'log.record.uid': '01HYGVBRSJ1MQC0DRVDN4NVZTE',
      'email.subject': 'Hello',
      'proofpoint.envelope.recipients': ['a@example.com', 'b@example.com'],
    },
  })
  expect(await shown([record])).toBe(
    [
      '2024-06-24 21:20:01.123Z  WARN2   proofpoint.tap.message.blocked  01HYGVBRSJ1MQC0DRVDN4NVZTE',
      '  email.subject                         Hello',
      '  proofpoint.envelope.recipients        a@example.com, b@example.com',
      '  body                                  {"guid":"abc"}',
      '  and 1 more attribute',
      '',
      '',
    ].join('\n'),
  )
})

test('no control or direction character of a record reaches the terminal', async () => {
  const evil = 'a\u001b]0;title\u0007\r\n\u202etxt\u009b31m\u2028b\u0000'
  const record = logRecord({
    uid: evil,
    severityText: evil,
    eventName: evil,
    body: { [evil]: evil },
    attributes: { 'email.subject': evil, 'email.from.address': [evil] },
  })
  const text = await shown([record])
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  expect(text.split('\n')).toHaveLength(6)
  expect(text).toContain('a\\u{1b}]0;title\\u{7}\\u{d}\\u{a}\\u{202e}txt')
})

test('a long value is cut, and its length told', async () => {
  const text = await shown([logRecord({ body: 'x'.repeat(5_000) })])
  expect(text).toContain('x… (5000 characters)')
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(170)
})

test('colours come only when asked for, and by severity', async () => {
  const ESC = '\u001b'
  expect(await shown([logRecord()])).not.toContain(ESC)
  expect(await shown([logRecord({ severityNumber: 17, severityText: 'ERROR' })], true)).toContain(
    `${ESC}[31mERROR`,
  )
  expect(await shown([logRecord({ severityNumber: 13, severityText: 'WARN' })], true)).toContain(
    `${ESC}[33mWARN`,
  )
})

test('whatever a record holds is shown', async () => {
  const record = logRecord({ hrTime: [Number.NaN, 0], body: undefined, attributes: {} })
  expect(await shown([record])).toContain('no valid time')
  expect(await shown([logRecord({ body: { a: [1, null] } })])).toContain('{"a":[1,null]}')
  expect(await shown([logRecord({ body: Buffer.from('abc') })])).toContain('3 bytes')
})

test('holds when nobody reads the console any more, so that nothing counts as delivered', async () => {
  const exporter = consoleExporter(async () => false, { colour: false })
  expect(await exporter.export(batchOf(logRecord()), never)).toMatchObject({ status: 'hold' })
})
