import { expect, test } from 'vitest'
import { attributesOf, mapEvent } from '../support/map-event.ts'

const message = {
  GUID: 'c26dbea0-80d5',
  QID: 'r2FNwRHF004109',
  id: '8c8b4895',
  cluster: 'example_hosted',
  messageID: '<20240624.1@evil.example>',
  messageTime: '2024-06-24T21:18:38.000Z',
  messageSize: 48213,
  subject: 'Invoice',
  sender: 'Bad@EVIL.example',
  senderIP: '192.0.2.255',
  recipient: ['clark@example.com', 'clark@example.com'],
  fromAddress: 'bad@evil.example',
  toAddresses: ['clark@example.com'],
  ccAddresses: null,
  headerFrom: '"A. Bad" <bad@evil.example>',
  headerTo: 'Clark <clark@example.com>',
  xmailer: null,
  spamScore: 4,
  phishScore: '46',
  malwareScore: 100,
  impostorScore: 0.0,
  completelyRewritten: true,
  quarantineFolder: 'Attachment Defense',
  quarantineRule: null,
  modulesRun: ['PDR', 'sandbox'],
  policyRoutes: ['default_inbound'],
  messageParts: [
    { disposition: 'inline', contentType: 'text/plain', oContentType: 'TEXT/plain' },
    {
      disposition: 'attached',
      filename: 'invoice.pdf',
      contentType: 'application/pdf',
      md5: null,
      sandboxStatus: 'THREAT',
    },
  ],
  threatsInfoMap: [
    {
      threatId: 't1',
      classification: 'SPAM',
      threatTime: '2024-06-24T21:20:01.000Z',
      threatUrl: 'https://x/1',
      actors: [],
    },
    {
      threatID: 't2',
      classification: 'malware',
      threatStatus: 'active',
      threatType: 'messageText',
      threat: 'https://evil.example/login',
      threatTime: '2024-06-24T21:19:00.000Z',
      campaignId: 'c1',
      detectionType: 'NONE',
      actors: [
        { id: 'a1', name: 'TA505', type: 'ACTOR' },
        { id: 'a1', name: 'TA505', type: 'ACTOR' },
        { id: 'a2' },
      ],
    },
  ],
}

const core = {
  'proofpoint.tap.disposition': 'blocked',
  'proofpoint.tap.event.id': '8c8b4895',
  'proofpoint.message.guid': 'c26dbea0-80d5',
  'proofpoint.message.qid': 'r2FNwRHF004109',
  'email.message_id': '20240624.1@evil.example',
  'proofpoint.tap.message_time': '2024-06-24T21:18:38.000Z',
  'proofpoint.cluster.id': 'example_hosted',
  'email.sender.address': 'Bad@evil.example',
  'client.address': '192.0.2.255',
  'proofpoint.sender.ip': '192.0.2.255',
  'proofpoint.envelope.recipients': ['clark@example.com'],
  'email.from.address': ['bad@evil.example'],
  'email.to.address': ['clark@example.com'],
  'proofpoint.header.from': '"A. Bad" <bad@evil.example>',
  'email.subject': 'Invoice',
  'proofpoint.message.size': 48213,
  'proofpoint.tap.modules_run': ['pdr', 'sandbox'],
  'proofpoint.policy.routes': ['default_inbound'],
  'proofpoint.quarantine.folder': 'Attachment Defense',
  'proofpoint.tap.completely_rewritten': 'true',
  'proofpoint.score.spam': 4,
  'proofpoint.score.phish': 46,
  'proofpoint.score.malware': 100,
  'proofpoint.score.impostor': 0,
  'proofpoint.threat.count': 2,
  'proofpoint.threat.top_classification': 'malware',
  'proofpoint.threat.classifications': ['spam', 'malware'],
  'proofpoint.threat.ids': ['t1', 't2'],
  'proofpoint.threat.statuses': ['', 'active'],
  'proofpoint.threat.types': ['', 'messagetext'],
  'proofpoint.threat.artifacts': ['', 'https://evil.example/login'],
  'proofpoint.threat.times': ['2024-06-24T21:20:01.000Z', '2024-06-24T21:19:00.000Z'],
  'proofpoint.threat.urls': ['https://x/1', ''],
  'proofpoint.threat.campaign_ids': ['', 'c1'],
  'proofpoint.part.count': 2,
  'email.attachments.file.name': ['invoice.pdf'],
  'email.attachments.file.mime_type': ['application/pdf'],
  'proofpoint.attachment.sandbox_statuses': ['threat'],
}

test('a TAP message has its core facts by default', () => {
  expect(attributesOf('tap.message.blocked', message)).toEqual(core)
  expect(attributesOf('tap.message.delivered', message)).toEqual({
    ...core,
    'proofpoint.tap.disposition': 'delivered',
  })
})

test('a TAP message has its extra facts on demand', () => {
  expect(attributesOf('tap.message.blocked', message, { attributes: 'full' })).toEqual({
    ...core,
    'proofpoint.header.to': ['Clark <clark@example.com>'],
    'proofpoint.threat.detection_types': ['', 'none'],
    'proofpoint.threat.actor.names': ['TA505', ''],
    'proofpoint.threat.actor.ids': ['a1', 'a2'],
    'proofpoint.threat.actor.types': ['actor', ''],
    'proofpoint.part.dispositions': ['inline', 'attached'],
    'proofpoint.part.labeled_mime_types': ['text/plain', ''],
  })
})

test('the record of a TAP message has the time when it became known as a threat, or by option its own', () => {
  expect(mapEvent('tap.message.blocked', message).hrTime).toEqual([1719264001, 0])
  expect(mapEvent('tap.message.blocked', message, { timestamp: 'occurred' }).hrTime).toEqual([1719263918, 0])
})

test('keys are found in any case', () => {
  const { 'proofpoint.message.guid': guid, 'proofpoint.cluster.id': cluster } = attributesOf(
    'tap.message.delivered',
    {
      guid: 'g',
      CLUSTERID: 'example_hosted',
      messagetime: message.messageTime,
    },
  )
  expect([guid, cluster]).toEqual(['g', 'example_hosted'])
})

test('of two spellings the first that says something counts', () => {
  const threat = (info: object) =>
    attributesOf('tap.message.delivered', { threatsInfoMap: [info] })['proofpoint.threat.ids']
  expect(threat({ threatID: '', threatId: 'b' })).toEqual(['b'])
  expect(threat({ threatID: 'a', threatId: 'b' })).toEqual(['a'])
})

test('a mail that is condemned late says little, but has a time and no fault', () => {
  const late = {
    GUID: 'g',
    id: 'i',
    cluster: 'example_hosted',
    recipient: ['ann@example.org'],
    senderIP: '192.0.2.1',
    sender: '',
    messageID: '',
    messageSize: 0,
    messageTime: null,
    subject: null,
    fromAddress: null,
    messageParts: null,
    modulesRun: null,
    spamScore: 0,
    threatsInfoMap: [
      {
        threatID: 't',
        classification: 'phish',
        threatStatus: 'active',
        threatTime: '2024-06-24T21:20:01.000Z',
      },
    ],
  }
  expect(mapEvent('tap.message.delivered', late, { timestamp: 'occurred' }).hrTime).toEqual([1719264001, 0])
  expect(attributesOf('tap.message.delivered', late)).toEqual({
    'proofpoint.tap.disposition': 'delivered',
    'proofpoint.tap.event.id': 'i',
    'proofpoint.message.guid': 'g',
    'proofpoint.cluster.id': 'example_hosted',
    'client.address': '192.0.2.1',
    'proofpoint.sender.ip': '192.0.2.1',
    'proofpoint.envelope.recipients': ['ann@example.org'],
    'proofpoint.message.size': 0,
    'proofpoint.score.spam': 0,
    'proofpoint.threat.count': 1,
    'proofpoint.threat.top_classification': 'phish',
    'proofpoint.threat.classifications': ['phish'],
    'proofpoint.threat.ids': ['t'],
    'proofpoint.threat.statuses': ['active'],
    'proofpoint.threat.times': ['2024-06-24T21:20:01.000Z'],
  })
})

const click = {
  id: 'click-1',
  GUID: 'c26dbea0-80d5',
  messageID: '20240624.1@evil.example',
  clickTime: '2024-06-24T21:30:00.000Z',
  threatTime: '2024-06-24T21:20:01.000Z',
  url: 'https://jo:secret@Evil.example/login?sig=abc&q=1',
  userAgent: 'Mozilla/5.0',
  clickIP: '192.0.2.77',
  recipient: ['Clark@EXAMPLE.com'],
  sender: 'bad@evil.example',
  senderIP: '192.0.2.255',
  classification: 'MALWARE',
  threatId: 't2',
  threatStatus: 'active',
  threatUrl: 'https://threatinsight.example/t2',
  campaignID: null,
}

const clickFacts = {
  'proofpoint.tap.disposition': 'permitted',
  'proofpoint.tap.event.id': 'click-1',
  'proofpoint.message.guid': 'c26dbea0-80d5',
  'email.message_id': '20240624.1@evil.example',
  'proofpoint.tap.click_time': '2024-06-24T21:30:00.000Z',
  'proofpoint.threat.times': ['2024-06-24T21:20:01.000Z'],
  'url.full': 'https://REDACTED:REDACTED@Evil.example/login?sig=REDACTED&q=1',
  'url.domain': 'evil.example',
  'user_agent.original': 'Mozilla/5.0',
  'client.address': '192.0.2.77',
  'proofpoint.envelope.recipients': ['Clark@example.com'],
  'user.email': 'Clark@example.com',
  'email.sender.address': 'bad@evil.example',
  'proofpoint.sender.ip': '192.0.2.255',
  'proofpoint.threat.classifications': ['malware'],
  'proofpoint.threat.top_classification': 'malware',
  'proofpoint.threat.ids': ['t2'],
  'proofpoint.threat.statuses': ['active'],
  'proofpoint.threat.urls': ['https://threatinsight.example/t2'],
}

test('a TAP click has its core facts by default', () => {
  expect(attributesOf('tap.click.permitted', click)).toEqual(clickFacts)
  expect(attributesOf('tap.click.blocked', click)).toEqual({
    ...clickFacts,
    'proofpoint.tap.disposition': 'blocked',
  })
})

test('a TAP click has the untouched URL on demand, where it differs', () => {
  const full = { attributes: 'full' } as const
  expect(attributesOf('tap.click.permitted', click, full)).toEqual({
    ...clickFacts,
    'url.original': click.url,
  })
  const plain = attributesOf('tap.click.permitted', { ...click, url: 'https://evil.example' }, full)
  expect(plain).not.toHaveProperty('url.original')
})

test('TAP events in a few words', () => {
  const body = 'message'
  expect(mapEvent('tap.message.blocked', message, { body }).body).toBe('Blocked message: malware, 2 threats')
  expect(mapEvent('tap.click.permitted', click, { body }).body).toBe('Permitted click: malware')
})

test('a list under two spellings of its key is one list', () => {
  const text = '{"GUID":"g","recipient":["a@example.com","b@example.com"],"Recipient":["c@example.com"]}'
  expect(mapEvent('tap.message.blocked', text).attributes).toMatchObject({
    'proofpoint.envelope.recipients': ['a@example.com', 'b@example.com', 'c@example.com'],
  })
})
