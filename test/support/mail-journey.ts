/** One mail on its way through all seven kinds of events, and other mails that look like it. */
import { createMapping, type Kind, type LogRecord } from '../../src/mapping/library.ts'

export const keys = {
  guid: 'aBcD3fGh1jKlMnOpQrStUvWxYz012345',
  /** Of the part of the mail that was split off for one recipient. */
  splitGuid: 'zYxWvUtSrQpOnMlKj1hGf3DcBa543210',
  qid: '4AMH0aB1012345',
  splitQid: '4AMH0bC2012346',
  messageId: '20261122090000.4711@partner.example',
  sid: '3jgptm9dux',
  sender: 'Billing@partner.example',
  delivered: 'anna@example.com',
  blocked: 'bruno@example.com',
}

const cluster = 'example_hosted'
const at = (time: string) => `2026-11-22T${time}.000000+0000`

const podMessage = (
  { guid, qid, origGuid }: { guid: string; qid: string; origGuid?: string },
  recipients: readonly string[],
  { from = keys.sender, messageId = keys.messageId, cid = cluster, sid = keys.sid, ts = at('09:00:01') } = {},
) => ({
  guid,
  ts,
  pps: { cid },
  connection: { sid, ip: '192.0.2.7' },
  envelope: { from, fromHashed: 'f00d', rcpts: recipients },
  filter: { qid, ...(origGuid && { origGuid }), disposition: 'continue' },
  msg: { header: { 'message-id': [`<${messageId}>`] }, normalizedHeader: { 'message-id': [messageId] } },
})

const maillog = (id: string, ts: string, sm: object) => ({ id, ts, data: id, pps: { cid: cluster }, sm })

const tapMessage = (GUID: string, recipient: string, details: object) => ({
  GUID,
  cluster,
  recipient: [recipient],
  messageTime: '2026-11-22T09:00:01.000Z',
  threatsInfoMap: [{ threatID: 't1', classification: 'phish', threatStatus: 'active' }],
  ...details,
})

const tapClick = (messageID: string, recipient: string) => ({
  GUID: keys.guid,
  messageID,
  recipient,
  sender: keys.sender,
  clickTime: '2026-11-22T11:00:00.000Z',
  url: 'https://login.example.net/',
})

/** Message condemned late: TAP tells nearly nothing of it but its GUID. */
const bare = { QID: null, messageID: '', sender: '' }
const known = { QID: keys.qid, messageID: `<${keys.messageId}>`, sender: keys.sender }

const mail = {
  message: ['pod.message', podMessage(keys, [keys.delivered, keys.blocked])],
  splitMessage: [
    'pod.message',
    podMessage({ guid: keys.splitGuid, qid: `${keys.sid}-1`, origGuid: keys.guid }, [keys.blocked]),
  ],
  lineFrom: [
    'pod.maillog',
    maillog('from', at('09:00:00'), {
      qid: keys.qid,
      from: `<${keys.sender}>`,
      msgid: `<${keys.messageId}>`,
      sizeBytes: '1234',
      nrcpts: '2',
    }),
  ],
  lineTo: [
    'pod.maillog',
    maillog('to', at('09:00:03'), { qid: keys.qid, to: ['<anna@EXAMPLE.com>'], stat: 'Sent', dsn: '2.0.0' }),
  ],
  splitLineFrom: [
    'pod.maillog',
    maillog('split', at('09:00:02'), {
      qid: keys.splitQid,
      from: keys.sender,
      msgid: keys.messageId,
      nrcpts: '1',
    }),
  ],
  delivered: ['tap.message.delivered', tapMessage(keys.guid, keys.delivered, known)],
  condemnedLate: ['tap.message.delivered', tapMessage(keys.guid, keys.delivered, { id: 'later', ...bare })],
  blocked: ['tap.message.blocked', tapMessage(keys.splitGuid, keys.blocked, bare)],
  clickPermitted: ['tap.click.permitted', tapClick(keys.messageId, keys.delivered)],
  clickBlocked: ['tap.click.blocked', tapClick(`<${keys.messageId}>`, 'Anna@Example.com')],
  audit: [
    'pod.audit',
    {
      guid: '6a1b6a7e-6b1c-4e0e-9d0e-111111111111',
      ts: at('12:00:00'),
      audit: {
        action: 'edit',
        tags: [{ name: 'eventDetails', value: `released from quarantine: ${keys.splitGuid}` }],
        user: { email: 'soc@example.com' },
      },
      metadata: { origin: { data: { cid: cluster } } },
    },
  ],
} satisfies Record<string, readonly [Kind, object]>

const other = {
  /** The next mail of the same SMTP session, to the same people. */
  sameSession: [
    'pod.message',
    podMessage({ guid: 'other-1', qid: '4AMH0cD3012347' }, [keys.delivered], {
      messageId: 'next@partner.example',
    }),
  ],
  sameQidElsewhere: [
    'pod.message',
    podMessage({ guid: 'other-2', qid: keys.qid }, ['carla@example.org'], {
      messageId: 'elsewhere@partner.example',
      cid: 'other_hosted',
      sid: 'elsewhere',
    }),
  ],
  sameQidLater: [
    'pod.maillog',
    maillog('later', '2027-03-01T09:00:00.000000+0000', {
      qid: keys.qid,
      to: ['dora@example.com'],
      stat: 'Sent',
    }),
  ],
  /** The same letter, sent again hours later. */
  sentAgain: [
    'pod.message',
    podMessage({ guid: 'other-4', qid: '4AMH0fF6012350' }, [keys.delivered], {
      sid: 'again',
      ts: at('15:00:01'),
    }),
  ],
  sentAgainLine: [
    'pod.maillog',
    maillog('again', at('15:00:00'), {
      qid: '4AMH0fF6012350',
      from: keys.sender,
      msgid: keys.messageId,
      nrcpts: '1',
    }),
  ],
  forgedMessageId: [
    'pod.message',
    podMessage({ guid: 'other-3', qid: '4AMH0eE5012349' }, [keys.delivered], {
      from: 'mallory@evil.example',
      sid: 'forger',
    }),
  ],
} satisfies Record<string, readonly [Kind, object]>

export type MailEvent = keyof typeof mail
export type OtherEvent = keyof typeof other

const toRecord = createMapping()
const recordsOf = <Name extends string>(events: Readonly<Record<Name, readonly [Kind, object]>>) =>
  Object.fromEntries(
    Object.entries<readonly [Kind, object]>(events).map(([name, [kind, event]]) => [
      name,
      toRecord(kind, JSON.stringify(event), Date.UTC(2026, 10, 22, 13)),
    ]),
  ) as Readonly<Record<Name, LogRecord>>

/** The records of the mail, by what they are. */
export const mailRecords = recordsOf<MailEvent>(mail)
/** Records of other mails. */
export const otherRecords = recordsOf<OtherEvent>(other)
