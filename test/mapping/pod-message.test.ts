import { expect, test } from 'vitest'
import { attributesOf, mapEvent, OBSERVED_AT } from '../support/map-event.ts'

const event = {
  ts: '2024-05-22T12:10:03.058340-0700',
  guid: 'rkuzwIede_tYDQ-P7qUoNlwm6Hz3u1R5',
  pps: { cid: '', agent: 'M0000123.ppops.net' },
  metadata: {
    customerId: 'c-1',
    origin: {
      schemaVersion: '20200420',
      data: { cid: 'example_hosted', version: '8.21.0.1358', theater: 'US' },
    },
  },
  connection: {
    ip: '[IPv6:2001:DB8::1]',
    host: 'Mail.Example.com',
    helo: 'mail.example.com',
    country: 'us',
    protocol: 'smtp:smtp',
    resolveStatus: 'ok',
    sid: '3j6jew035h',
    tls: {
      inbound: { version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES256-GCM-SHA384', cipherBits: '256', policy: '' },
    },
  },
  envelope: { from: '', rcpts: ['<Ann@EXAMPLE.org>', 'Ann@example.org', 'bob@example.org'] },
  filter: {
    qid: '4TEST',
    mid: 12345,
    disposition: 'Continue',
    routeDirection: 'inbound',
    routes: ['default_inbound', ''],
    durationSecs: 0.11872,
    startTime: '2024-05-22T12:10:02.9-0700',
    isMsgEncrypted: 'False',
    isMsgReinjected: true,
    suborgs: { sender: '0', rcpts: ['0', 7] },
    delivered: { rcpts: ['ann@example.org'] },
    verified: { rcpts: null },
    pe: { rcpts: { 'ann@example.org': 1 } },
    quarantine: { folder: 'Phish', folderId: 12, rule: 'phish' },
    actions: [
      { module: 'av', rule: 'clean', action: 'add-header' },
      { module: 'spam', rule: 'phish', action: 'Quarantine', isFinal: 'True' },
      { module: 'dmarc', action: 'continue' },
    ],
    modules: {
      spf: { result: 'Pass', domain: 'Example.com' },
      dkimv: [{ result: 'pass', domain: 'example.com' }, { result: 'none' }],
      dmarc: {
        filterdResult: 'none',
        alignment: [
          {
            fromDomain: 'Example.com',
            results: [{ method: 'spf', result: 'relaxed', identityOrg: 'example.com' }],
          },
          {
            fromDomain: 'example.com',
            results: [{ method: 'dkim', result: 'strict', identity: 'mail.example.com' }],
          },
        ],
        authResults: [
          {
            method: 'dkim',
            result: 'pass',
            emailIdentities: { 'smtp.mailfrom': 'x' },
            propspec: { 'header.d': 'y' },
          },
        ],
        records: [{ query: '_dmarc.example.com', error: 'NXDOMAIN' }],
      },
      spam: {
        scores: {
          overall: 0,
          engine: '5',
          classifiers: { spam: 0, phish: 99, mlxlog: -1000, lowPriority: 3 },
        },
        triggeredClassifier: 'phish',
        langs: ['EN'],
      },
      regulation: { rules: [{ rule: 'credit-card' }] },
      urldefense: { counts: { total: 4, noRewriteIsEmail: '1' }, version: { engine: 15 } },
      zerohour: { score: 0.5 },
    },
  },
  msg: {
    header: {
      from: ['"Doe, Jo" <Jo@EXAMPLE.com>'],
      subject: ['=?utf-8?q?caf=C3=A9?='],
      'message-id': ['<20240522.1@Example.com>'],
      'x-originating-ip': ['[192.0.2.7]', 'nonsense'],
    },
    normalizedHeader: { from: ['"Doe, Jo" <Jo@EXAMPLE.com>'], subject: [''], to: 'ann@example.org' },
    parsedAddresses: {},
    lang: '',
    sizeBytes: '4275',
  },
  msgParts: [
    {
      disposition: 'inline',
      detectedName: 'text.html',
      detectedExt: 'HTML',
      detectedSizeBytes: 10,
      isProtected: false,
      metadata: { '': 'x' },
    },
    {
      disposition: 'attached',
      detectedName: '',
      labeledName: 'Invoice.zip',
      detectedExt: 'ZIP',
      md5: 'AB',
      isProtected: 'True',
      isArchive: true,
      urls: [{ url: 'https://example.com/a', src: ['filter'] }, { url: 'https://example.com/a' }],
    },
    { disposition: 'inline', isVirtual: true, detectedName: 'a.exe', detectedSizeBytes: '48213' },
  ],
}

const core = {
  'proofpoint.message.guid': 'rkuzwIede_tYDQ-P7qUoNlwm6Hz3u1R5',
  'proofpoint.message.qid': '4TEST',
  'proofpoint.cluster.id': 'example_hosted',
  'host.name': 'm0000123.ppops.net',
  'proofpoint.pod.version': '8.21.0.1358',
  'proofpoint.customer.id': 'c-1',
  'client.address': '2001:db8::1',
  'proofpoint.pod.connection.host': 'mail.example.com',
  'proofpoint.pod.connection.helo': 'mail.example.com',
  'geo.country.iso_code': 'US',
  'network.protocol.name': 'smtp',
  'proofpoint.pod.connection.sid': '3j6jew035h',
  'tls.protocol.version': '1.2',
  'tls.protocol.name': 'tls',
  'tls.established': true,
  'tls.cipher': 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'proofpoint.pod.tls.cipher': 'ECDHE-RSA-AES256-GCM-SHA384',
  'email.sender.address': '<>',
  'proofpoint.envelope.recipients': ['Ann@example.org', 'bob@example.org'],
  'proofpoint.pod.action.modules': ['av', 'spam', 'dmarc'],
  'proofpoint.pod.action.rules': ['clean', 'phish', ''],
  'proofpoint.pod.action.types': ['add-header', 'quarantine', 'continue'],
  'security_rule.name': 'phish',
  'security_rule.ruleset.name': 'spam',
  'proofpoint.pod.final_action': 'quarantine',
  'proofpoint.pod.disposition': 'continue',
  'email.direction': 'inbound',
  'proofpoint.policy.routes': ['default_inbound'],
  'proofpoint.quarantine.folder': 'Phish',
  'proofpoint.quarantine.rule': 'phish',
  'proofpoint.pod.duration_ns': 118_720_000,
  'proofpoint.pod.message.encrypted': false,
  'proofpoint.pod.message.reinjected': true,
  'proofpoint.pod.recipient.delivered': ['ann@example.org'],
  'proofpoint.pod.spf.result': 'pass',
  'proofpoint.pod.spf.domain': 'example.com',
  'proofpoint.pod.dkim.results': ['pass', 'none'],
  'proofpoint.pod.dkim.domains': ['example.com', ''],
  'proofpoint.pod.dmarc.result': 'none',
  'proofpoint.score.overall': 0,
  'proofpoint.score.spam': 0,
  'proofpoint.score.phish': 99,
  'proofpoint.pod.spam.triggered_classifier': 'phish',
  'proofpoint.pod.urldefense.count.total': 4,
  'email.from.address': ['Jo@example.com'],
  'email.to.address': ['ann@example.org'],
  'email.subject': '=?utf-8?q?caf=C3=A9?=',
  'email.message_id': '20240522.1@Example.com',
  'proofpoint.header.from': '"Doe, Jo" <Jo@EXAMPLE.com>',
  'proofpoint.message.size': 4275,
  'proofpoint.part.count': 3,
  'email.attachments.file.name': ['Invoice.zip', 'a.exe'],
  'email.attachments.file.extension': ['zip', ''],
  'email.attachments.file.size': [-1, 48213],
  'email.attachments.file.hash.md5': ['ab', ''],
  'proofpoint.attachment.any_protected': true,
  'proofpoint.attachment.any_archive': true,
}

const extra = {
  'proofpoint.message.mid': '12345',
  'proofpoint.pod.schema_version': '20200420',
  'proofpoint.pod.theater': 'us',
  'proofpoint.pod.connection.protocol': 'smtp:smtp',
  'proofpoint.pod.connection.resolve_status': 'ok',
  'proofpoint.pod.tls.cipher_bits': 256,
  'proofpoint.quarantine.folder_id': '12',
  'proofpoint.pod.start_time': '2024-05-22T19:10:02.9Z',
  'proofpoint.pod.suborg.sender': '0',
  'proofpoint.pod.suborg.recipients': ['0', '7'],
  'proofpoint.pod.dmarc.from_domains': ['example.com'],
  'proofpoint.pod.dmarc.alignment.methods': ['spf', 'dkim'],
  'proofpoint.pod.dmarc.alignment.results': ['relaxed', 'strict'],
  'proofpoint.pod.dmarc.alignment.identities': ['', 'mail.example.com'],
  'proofpoint.pod.dmarc.alignment.identity_orgs': ['example.com', ''],
  'proofpoint.pod.dmarc.auth.methods': ['dkim'],
  'proofpoint.pod.dmarc.auth.results': ['pass'],
  'proofpoint.score.engine': 5,
  'proofpoint.score.lowpriority': 3,
  'proofpoint.score.mlxlog': -1000,
  'proofpoint.pod.spam.langs': ['en'],
  'proofpoint.pod.regulation.rules': ['credit-card'],
  'proofpoint.pod.urldefense.count.no_rewrite.email': 1,
  'proofpoint.pod.urldefense.engine_version': '15',
  'proofpoint.pod.zerohour.score': '0.5',
  'proofpoint.header.x_originating_ip': ['192.0.2.7'],
  'proofpoint.attachment.any_virtual': true,
  'proofpoint.part.dispositions': ['inline', 'attached', 'inline'],
  'proofpoint.part.labeled_names': ['', 'Invoice.zip', ''],
  'proofpoint.message.urls': ['https://example.com/a'],
}

test('a PoD message has its core facts by default', () => {
  expect(attributesOf('pod.message', event)).toEqual(core)
})

test('a PoD message has its extra facts on demand', () => {
  expect(attributesOf('pod.message', event, { attributes: 'full' })).toEqual({ ...core, ...extra })
})

test('a PoD message has the time of its end, to the microsecond', () => {
  expect(mapEvent('pod.message', event)).toMatchObject({
    eventName: 'proofpoint.pod.message',
    hrTime: [1716405003, 58_340_000],
    hrTimeObserved: [OBSERVED_AT / 1000, 0],
    body: JSON.stringify(event),
    droppedAttributesCount: 0,
  })
})

test('only unknown paths, unexpected types and what is not in its notation are told', () => {
  const told: string[] = []
  attributesOf('pod.message', event, { onUnknown: (kind, path) => told.push(`${kind} ${path}`) })
  expect(told).toEqual([
    'pod.message filter.pe.rcpts:object',
    'pod.message msg.header.x-originating-ip[]:unreadable',
  ])
})

test('what Proofpoint writes for nothing is no fact', () => {
  const nothing = {
    ts: event.ts,
    guid: 'g',
    connection: {
      country: '**',
      tls: { inbound: { version: 'NONE', cipher: 'NONE' } },
      ip: '400.000.000',
      host: null,
    },
    envelope: { rcpts: [] },
    filter: { actions: {}, modules: [], suborgs: null },
    msg: { header: { subject: [''] } },
    msgParts: '',
  }
  expect(attributesOf('pod.message', nothing)).toEqual({
    'proofpoint.message.guid': 'g',
    'tls.established': false,
  })
})

test('one object or text is read as a list of one', () => {
  const bare = {
    ts: event.ts,
    guid: 'g',
    msgParts: { disposition: 'attached', md5: 'ab' },
    envelope: { rcpts: 'ann@example.org' },
  }
  expect(attributesOf('pod.message', bare)).toEqual({
    'proofpoint.message.guid': 'g',
    'proofpoint.part.count': 1,
    'email.attachments.file.hash.md5': ['ab'],
    'proofpoint.envelope.recipients': ['ann@example.org'],
  })
})

test('an empty list of parts has a count of 0', () => {
  expect(attributesOf('pod.message', { ts: event.ts, guid: 'g', msgParts: [] })).toEqual({
    'proofpoint.message.guid': 'g',
    'proofpoint.part.count': 0,
  })
})

test.each([1, 2, 16, 17, 18, 300])('a list of %d has all its elements, each at its place', length => {
  const rcpts = Array.from({ length }, (_, i) => `${i}@example.org`)
  const kept = rcpts.slice(0, 200)
  expect(attributesOf('pod.message', { envelope: { rcpts } })).toMatchObject({
    'proofpoint.envelope.recipients': kept,
  })
  const actions = rcpts.map((module, i) => ({ ...(i % 2 === 0 && { module }), action: String(i) }))
  expect(attributesOf('pod.message', { filter: { actions } })).toMatchObject({
    'proofpoint.pod.action.modules': kept.map((module, i) => (i % 2 === 0 ? module : '')),
    'proofpoint.pod.action.types': kept.map((_, i) => String(i)),
  })
})
