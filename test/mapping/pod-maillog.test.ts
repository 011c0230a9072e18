import { expect, test } from 'vitest'
import { attributesOf, mapEvent } from '../support/map-event.ts'

const ts = '2024-05-22T12:10:03.058340-0700'

const toLine = {
  ts,
  id: 'mNPe0oE7/1+aXyz',
  data: '2024-05-22T12:10:03.058340-07:00 m0000123 sendmail[22003]: 4TEST: to=<ann@example.org>, stat=Deferred',
  pps: { cid: 'example_hosted', agent: 'm0000123.ppops.net' },
  metadata: {
    customerId: 'c-1',
    origin: { schemaVersion: '20200420', data: { cid: 'other', agent: 'other' } },
  },
  sm: {
    qid: '4TEST',
    to: ['<Ann@EXAMPLE.org>', '/dev/null'],
    ctladdr: '<jo@example.com> (8/0)',
    relay: 'MX.example.org. [IPv6:2001:DB8::25]',
    mailer: 'esmtp',
    delay: '2+03:04:05',
    xdelay: '00:00:01',
    pri: '121557',
    class: '0',
    dsn: '4.4.1',
    stat: 'Deferred: Connection timed out with mx.example.org.',
    auth: 'NONE',
  },
  tls: { verify: 'OK', version: 'TLSv1.3', cipher: 'ECDHE-RSA-AES256-GCM' },
}

const core = {
  'proofpoint.pod.maillog.id': 'mNPe0oE7/1+aXyz',
  'proofpoint.message.qid': '4TEST',
  'proofpoint.pod.maillog.type': 'to',
  'proofpoint.envelope.recipients': ['Ann@example.org', '/dev/null'],
  'proofpoint.pod.maillog.mailer': 'esmtp',
  'server.address': 'mx.example.org',
  'network.peer.address': '2001:db8::25',
  'proofpoint.pod.maillog.relay': 'MX.example.org. [IPv6:2001:DB8::25]',
  'proofpoint.pod.maillog.stat': 'Deferred: Connection timed out with mx.example.org.',
  'proofpoint.pod.maillog.result': 'deferred',
  'proofpoint.pod.maillog.dsn': '4.4.1',
  'error.type': '4.4.1',
  'proofpoint.pod.maillog.delay': 183_845,
  'proofpoint.pod.tls.verify': 'OK',
  'tls.protocol.version': '1.3',
  'tls.protocol.name': 'tls',
  'tls.established': true,
  'proofpoint.pod.tls.cipher': 'ECDHE-RSA-AES256-GCM',
  'host.name': 'm0000123.ppops.net',
  'proofpoint.cluster.id': 'example_hosted',
  'proofpoint.customer.id': 'c-1',
}

test('a line of type to has its core facts by default', () => {
  expect(attributesOf('pod.maillog', toLine)).toEqual(core)
})

test('a line of type to has its extra facts on demand', () => {
  expect(attributesOf('pod.maillog', toLine, { attributes: 'full' })).toEqual({
    ...core,
    'process.pid': 22003,
    'proofpoint.pod.maillog.ctladdr': '<jo@example.com> (8/0)',
    'proofpoint.pod.maillog.xdelay': 1,
    'proofpoint.pod.maillog.priority': 121557,
    'proofpoint.pod.maillog.class': 0,
    'proofpoint.pod.schema_version': '20200420',
  })
})

test('a line of type from has the address of the client', () => {
  const fromLine = {
    ts,
    id: 'x',
    sm: {
      qid: '4TEST',
      from: '<>',
      sizeBytes: '1557',
      nrcpts: 2,
      proto: 'ESMTPS',
      daemon: 'MTA',
      msgid: '<20240522.1@example.com>',
      relay: 'mail.example.com. [192.0.2.1] (may be forged)',
      tls: { verify: 'NONE' },
    },
    tls: { version: 'NONE', cipher: 'NONE' },
  }
  expect(attributesOf('pod.maillog', fromLine)).toEqual({
    'proofpoint.pod.maillog.id': 'x',
    'proofpoint.message.qid': '4TEST',
    'proofpoint.pod.maillog.type': 'from',
    'email.sender.address': '<>',
    'email.message_id': '20240522.1@example.com',
    'proofpoint.message.size': 1557,
    'proofpoint.pod.maillog.nrcpts': 2,
    'network.protocol.name': 'smtp',
    'client.address': '192.0.2.1',
    'proofpoint.pod.maillog.relay': 'mail.example.com. [192.0.2.1] (may be forged)',
    'proofpoint.pod.tls.verify': 'NONE',
    'tls.established': false,
  })
})

test('without a host name the address is the server', () => {
  const { 'server.address': server, 'network.peer.address': peer } = attributesOf('pod.maillog', {
    ts,
    sm: { to: ['a@example.org'], relay: '[192.0.2.25]' },
  })
  expect([server, peer]).toEqual(['192.0.2.25', '192.0.2.25'])
})

test('another line tells no address', () => {
  expect(attributesOf('pod.maillog', { ts, id: 'i', sm: { qid: '4TEST', relay: '[192.0.2.25]' } })).toEqual({
    'proofpoint.pod.maillog.id': 'i',
    'proofpoint.message.qid': '4TEST',
    'proofpoint.pod.maillog.type': 'other',
    'proofpoint.pod.maillog.relay': '[192.0.2.25]',
  })
})

test('a delivered mail has no error.type, an event without time has that of its fault', () => {
  expect(attributesOf('pod.maillog', { ts, id: 'i', sm: { dsn: '2.0.0' } })['error.type']).toBeUndefined()
  expect(attributesOf('pod.maillog', { sm: { dsn: '5.1.1' } })['error.type']).toBe('invalid_timestamp')
})

test('the display text of a line is the line', () => {
  expect(mapEvent('pod.maillog', toLine, { body: 'message' }).body).toBe(toLine.data)
})
