import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { identityOf, type Stream, streamsOf } from '../../src/simulator/streams.ts'
import { isTwin, timeline, withTwins } from '../../src/simulator/timeline.ts'
import { NOON } from './client.ts'

const rates = {
  message: 5,
  maillog: 15,
  audit: 5,
  messagesDelivered: 2,
  messagesBlocked: 2,
  clicksPermitted: 1,
  clicksBlocked: 1,
}
const streams = streamsOf(7, 'example_hosted', rates)
const every: [string, Stream<object>][] = Object.entries({ ...streams.pod, ...streams.tap })

const SAMPLE = 2000

/** What stands at a path of a record. */
const at = (record: unknown, ...path: (string | number)[]) =>
  path.reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], record)

function sample(stream: Stream<object>, count = SAMPLE): object[] {
  const first = stream.first(NOON)
  return Array.from({ length: count }, (_, i) => JSON.parse(JSON.stringify(stream.record(first + i))))
}
const texts = (stream: Stream<object>) => sample(stream).map(record => JSON.stringify(record))

test('time and index are each other’s inverse, for any rate', async () => {
  const anyRate = integer({ min: 1, max: 40_000 })
  await assert(
    property(anyRate, integer({ min: 0, max: 10 * 365 * 24 }), (thousandths, hours) => {
      const ms = Date.UTC(2020, 0, 1) + hours * HOUR_MS
      for (const line of [
        timeline(thousandths / 50, 1, 'x'),
        withTwins(timeline(thousandths / 50, 1, 'x')),
      ]) {
        const index = line.first(ms)
        expect(line.timeUs(index)).toBeGreaterThanOrEqual(ms * 1000)
        if (index > 0) expect(line.timeUs(index - 1)).toBeLessThan(ms * 1000)
        expect(line.timeUs(index + 1)).toBeGreaterThanOrEqual(line.timeUs(index))
      }
    }),
  )
})

test('an hour holds as many events as the rate says', () => {
  const line = timeline(200, 1, 'x')
  expect(Math.abs(line.first(NOON + HOUR_MS) - line.first(NOON) - 720_000)).toBeLessThanOrEqual(1)
  expect(timeline(0, 1, 'x').first(NOON)).toBe(0)
})

test.each(every)('%s: the same seed gives the same records, and identities that differ', (name, stream) => {
  const { pod, tap } = streamsOf(7, 'example_hosted', rates)
  const twin: Record<string, Stream<object>> = { ...pod, ...tap }
  const first = stream.first(NOON)
  const identities = Array.from({ length: SAMPLE }, (_, i) => stream.identity(first + i))
  expect(new Set(identities).size).toBe(SAMPLE)
  expect(sample(stream, 200).map(identityOf)).toEqual(identities.slice(0, 200))
  expect(sample(twin[name]!, 200)).toEqual(sample(stream, 200))
})

test.each(every)('%s names only hosts and addresses that are reserved for examples', (_name, stream) => {
  for (const text of texts(stream)) {
    for (const [, domain] of text.matchAll(/@([a-z][a-z0-9.-]*\.[a-z]+)/g)) {
      expect(domain).toMatch(/(^|\.)example(\.(com|net|org))?$/)
    }
    for (const [address] of text.matchAll(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g)) {
      expect(address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^8\.22\.0\./)
    }
  }
})

test.each([
  ['message', streams.pod.message, 4000, 9000],
  ['maillog', streams.pod.maillog, 800, 1200],
  ['audit', streams.pod.audit, 400, 800],
  ['messagesDelivered', streams.tap.messagesDelivered, 1000, 3000],
])('%s records are as big as real ones', (_name, stream, least, most) => {
  const bytes = texts(stream).reduce((sum, text) => sum + Buffer.byteLength(text), 0) / SAMPLE
  expect(bytes).toBeGreaterThan(least)
  expect(bytes).toBeLessThan(most)
})

const quirks: Record<string, readonly RegExp[]> = {
  message: [
    /"ts":"[^"]+-0700"/,
    /"ts":"[^"]+\+0000"/,
    /"isFinal":true/,
    /"isFinal":"True"/,
    /"country":"\*\*"/,
    /"suborgs":\{"sender":"0"/,
    /"version":"NONE"/,
    /"host":"\[unknown\]"/,
    /"parsedAddresses":\{\}/,
    /"rcpts":\{\}/,
    /"sid":"\w+"\}/,
    /"envelope":\{"from":""/,
    /"ip":"2001:db8:/,
    /"cipherBits":"256"/,
    /=\?UTF-8\?B\?/,
    /[ü請é]/,
    /\\"Rossi, Anna\\" </,
    /"msgParts":\[\]/,
    /"":"no name"/,
    /"dataBase64":"U0NBTEFS/,
    /"textExtracted":"RGVhci/,
    /"qid":"\w+-1"/,
    /"origGuid"/,
    /"codepage":65001/,
    /"smtp\.mailfrom"/,
    /"isMsgInDigest":"False"/,
    /"subject":\[""\]/,
  ],
  maillog: [
    /"ts":"[^"]+-07:00"/,
    /"stat":"Deferred/,
    /"dsn":"5\.1\.1"/,
    /"delay":"[123]\+\d\d:\d\d:\d\d"/,
    /"to":\["\/dev\/null"\]/,
    /"nrcpts":"2"/,
    /"mailer":"dsn"/,
    /IPv6:2001:db8/,
    /"verify":"NONE"/,
    /"from":"<>"/,
    /"from":"[^<]/,
  ],
  audit: [
    /"action":"login"/,
    /"action":"logout"/,
    /"policy_routes"/,
    /"value":"false"/,
    /"rolesAssigned"/,
    /"roleAssigned"/,
  ],
  messagesDelivered: [
    /"threatID"/,
    /"threatId"/,
    /"campaignID"/,
    /"campaignId"/,
    /"classification":"PHISH"/,
    /"classification":"phish"/,
    /"completelyRewritten":true/,
    /"completelyRewritten":"true"/,
    /"completelyRewritten":"na"/,
    /"messageParts":null/,
    /"clusterId"/,
    /"cluster"/,
    /"fromAddress":"/,
    /"fromAddress":\[/,
    /"recipient":\["[^"]+","/,
    /"md5":null/,
    /"actors":\[\{/,
  ],
  messagesBlocked: [
    /"quarantineFolder":"Attachment Defense"/,
    /"threatType":"ATTACHMENT"/,
    /"falsepositive"/,
    /"cleared"/,
  ],
  clicksPermitted: [/"messageID":""/, /"url":"https:\/\/login\.example\.net"/, /"clickIP":"2001:db8/],
}

test.each(Object.entries(quirks))('%s records show the quirks of real ones', (name, patterns) => {
  const all = texts(new Map(every).get(name)!)
  for (const pattern of patterns)
    expect(
      all.some(text => pattern.test(text)),
      String(pattern),
    ).toBe(true)
})

test('what the records leave out at times: TLS, message parts, id, threat status', () => {
  const [messages, delivered] = [sample(streams.pod.message), sample(streams.tap.messagesDelivered)]
  expect(messages.some(record => at(record, 'connection', 'tls') === undefined)).toBe(true)
  expect(messages.some(record => !('msgParts' in record))).toBe(true)
  expect(delivered.some(record => !('id' in record))).toBe(true)
  expect(delivered.some(record => at(record, 'threatsInfoMap', 0, 'threatStatus') === undefined)).toBe(true)
})

test('one message to several recipients may come as several events of the same GUID and time', () => {
  const stream = streams.tap.messagesDelivered
  const first = stream.first(NOON)
  const twins = Array.from({ length: 200 }, (_, i) => first + i).filter(isTwin)
  for (const index of twins) {
    const [one, other] = [stream.record(index - 1), stream.record(index)]
    for (const path of ['GUID', 'messageTime', 'threatsInfoMap'])
      expect(at(other, path)).toEqual(at(one, path))
    expect(at(other, 'recipient')).not.toEqual(at(one, 'recipient'))
  }
  expect(twins.length).toBeGreaterThan(10)
})

test('one mail can be followed through message, maillog, TAP message and click', () => {
  const slow = {
    message: 0.05,
    maillog: 0.15,
    messagesDelivered: 0.003,
    messagesBlocked: 0.003,
    clicksPermitted: 0.003,
  }
  const { pod, tap } = streamsOf(7, 'example_hosted', { ...rates, ...slow })
  const ofTwoDays = (stream: Stream<object>) => {
    const first = stream.first(NOON - 48 * HOUR_MS)
    return Array.from({ length: stream.first(NOON) - first }, (_, i) => stream.record(first + i))
  }
  const messages = new Map(ofTwoDays(pod.message).map(record => [at(record, 'guid'), record]))
  const lines = Map.groupBy(ofTwoDays(pod.maillog), line => at(line, 'sm', 'qid'))
  const delivered = Map.groupBy(ofTwoDays(tap.messagesDelivered), record => at(record, 'GUID'))
  const clicks = ofTwoDays(tap.clicksPermitted)
  const followed = clicks.filter(click => {
    const message = messages.get(at(click, 'GUID'))
    const ofMail = lines.get(at(message, 'filter', 'qid'))
    if (!message || ofMail?.length !== 3) return false
    const recipients = delivered.get(at(click, 'GUID'))?.flatMap(record => at(record, 'recipient'))
    expect(recipients).toContain(at(click, 'recipient'))
    expect(at(ofMail[0], 'sm', 'msgid')).toBe(`<${at(message, 'msg', 'normalizedHeader', 'message-id', 0)}>`)
    return true
  })
  expect(followed.length).toBeGreaterThan(clicks.length / 4)
  const blocked = ofTwoDays(tap.messagesBlocked).flatMap(record => messages.get(at(record, 'GUID')) ?? [])
  expect(blocked.length).toBeGreaterThan(100)
  expect(new Set(blocked.map(message => at(message, 'filter', 'disposition')))).toEqual(new Set(['discard']))
})
