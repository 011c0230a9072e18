/** Proves docs/correlation.md: the joins it states hold on mapped records, and the equalities it warns of do not. */
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../src/mapping/library.ts'
import { kinds } from '../src/pipeline.ts'
import { keys, type MailEvent, mailRecords, otherRecords } from './support/mail-journey.ts'

const GUID = 'proofpoint.message.guid'
const PARENT = 'proofpoint.message.parent_guid'
const QID = 'proofpoint.message.qid'
const MESSAGE_ID = 'email.message_id'
const SENDER = 'email.sender.address'
const RECIPIENTS = 'proofpoint.envelope.recipients'
const SID = 'proofpoint.pod.connection.sid'
const CLUSTER = 'proofpoint.cluster.id'
const DETAILS = 'proofpoint.pod.audit.details'

const all = [...Object.values(mailRecords), ...Object.values(otherRecords)]
const nameOf = new Map<LogRecord, string>(
  Object.entries({ ...mailRecords, ...otherRecords }).map(([name, record]) => [record, name]),
)
const namesOf = (records: Iterable<LogRecord>) => Array.from(records, record => nameOf.get(record)).sort()
const theMail = Object.keys(mailRecords).sort()

const of = (record: LogRecord, attribute: string) => record.attributes[attribute]
const where = (attribute: string, value: string) => (record: LogRecord) =>
  [of(record, attribute)].flat().includes(value)
const share = (attribute: string) => (a: LogRecord, b: LogRecord) =>
  of(a, attribute) !== undefined && of(a, attribute) === of(b, attribute)

const QUEUE_LIFE_SECONDS = 10 * 86_400
const FILTERING_SECONDS = 600
const isWithin = (seconds: number, a: LogRecord, b: LogRecord) =>
  Math.abs(a.hrTime[0] - b.hrTime[0]) < seconds
const isFamily = (a: LogRecord, b: LogRecord) =>
  share(GUID)(a, b) ||
  [[a, b] as const, [b, a] as const].some(([child, parent]) => {
    const guid = of(child, PARENT)
    return guid !== undefined && guid === of(parent, GUID)
  })
const shareQueue = (a: LogRecord, b: LogRecord) =>
  share(QID)(a, b) && share(CLUSTER)(a, b) && isWithin(QUEUE_LIFE_SECONDS, a, b)
const shareLetter = (a: LogRecord, b: LogRecord) =>
  share(MESSAGE_ID)(a, b) && share(SENDER)(a, b) && isWithin(FILTERING_SECONDS, a, b)
/** Only a message whose qid is no queue id needs the Message-ID to find its lines. */
const needsLetter = (record: LogRecord) => String(of(record, QID)).startsWith(`${of(record, SID)}-`)
const mentions = (audit: LogRecord, record: LogRecord) =>
  [GUID, QID, MESSAGE_ID].some(key => {
    const value = of(record, key)
    return typeof value === 'string' && String(of(audit, DETAILS) ?? '').includes(value)
  })

/** The query of the page: from some records to all that belong to the same mail, step by step. */
function follow(seed: (record: LogRecord) => boolean): {
  readonly found: Set<LogRecord>
  readonly steps: number
} {
  const found = new Set(all.filter(seed))
  for (let steps = 0; ; steps++) {
    const fresh = all.filter(
      record =>
        !found.has(record) &&
        found
          .values()
          .some(
            one =>
              isFamily(one, record) ||
              shareQueue(one, record) ||
              ((needsLetter(one) || needsLetter(record)) && shareLetter(one, record)) ||
              mentions(record, one),
          ),
    )
    if (fresh.length === 0) return { found, steps }
    for (const record of fresh) found.add(record)
  }
}

describe('each join of the table', () => {
  const joins: readonly (readonly [MailEvent, string, MailEvent])[] = [
    ['message', GUID, 'delivered'],
    ['message', GUID, 'condemnedLate'],
    ['message', GUID, 'clickPermitted'],
    ['message', GUID, 'clickBlocked'],
    ['splitMessage', GUID, 'blocked'],
    ['message', QID, 'lineFrom'],
    ['message', QID, 'lineTo'],
    ['message', QID, 'delivered'],
    ['lineFrom', QID, 'lineTo'],
    ['message', MESSAGE_ID, 'lineFrom'],
    ['message', MESSAGE_ID, 'delivered'],
    ['message', MESSAGE_ID, 'clickPermitted'],
    ['message', MESSAGE_ID, 'clickBlocked'],
    ['splitMessage', MESSAGE_ID, 'splitLineFrom'],
    ['message', SENDER, 'lineFrom'],
    ['message', SENDER, 'delivered'],
    ['message', SENDER, 'clickPermitted'],
    ['lineTo', RECIPIENTS, 'delivered'],
    ['lineTo', RECIPIENTS, 'clickPermitted'],
    ['message', SID, 'splitMessage'],
    ['message', CLUSTER, 'lineTo'],
    ['message', CLUSTER, 'delivered'],
    ['message', CLUSTER, 'audit'],
  ]
  it.each(joins)('%s and %s have the same %s', (left, attribute, right) => {
    const value = of(mailRecords[left], attribute)
    expect(value).toBeDefined()
    expect(of(mailRecords[right], attribute)).toEqual(value)
  })

  it('a split mail names the mail it was split from', () => {
    expect(of(mailRecords.splitMessage, PARENT)).toBe(of(mailRecords.message, GUID))
  })

  it('the journey has an event of every kind that is known', () => {
    const seen = new Set(Object.values(mailRecords).map(({ eventName }) => eventName))
    expect([...seen].sort()).toEqual(
      kinds
        .filter(kind => kind !== 'tap.unknown')
        .map(kind => `proofpoint.${kind}`)
        .sort(),
    )
  })
})

describe('following the mail', () => {
  const again = ['sentAgain', 'sentAgainLine']
  it.each([
    ['its guid', where(GUID, keys.guid)],
    ['the guid of its split part', where(GUID, keys.splitGuid)],
    ['its qid, in its cluster and time', (record: LogRecord) => shareQueue(record, mailRecords.lineTo)],
    ['the qid of its split part', where(QID, keys.splitQid)],
    ['its Message-ID, sender and time', (record: LogRecord) => shareLetter(record, mailRecords.message)],
    ['one click', (record: LogRecord) => record === mailRecords.clickPermitted],
    ['one line of the mail log', (record: LogRecord) => record === mailRecords.lineTo],
    ['the event of its late condemnation', (record: LogRecord) => record === mailRecords.condemnedLate],
    ['the event of its blocked part', (record: LogRecord) => record === mailRecords.blocked],
    ['its blocked recipient', where(RECIPIENTS, keys.blocked)],
  ])('from %s finds all of its events and no other mail, in at most four steps', (_, seed) => {
    const { found, steps } = follow(seed)
    expect(namesOf(found)).toEqual(theMail)
    expect(steps).toBeLessThanOrEqual(4)
  })

  it.each([
    ['the session', where(SID, keys.sid), ['sameSession']],
    ['a recipient', where(RECIPIENTS, keys.delivered), ['forgedMessageId', 'sameSession', ...again]],
    ['the bare Message-ID', where(MESSAGE_ID, keys.messageId), ['forgedMessageId', ...again]],
    ['the bare qid', where(QID, keys.qid), ['sameQidElsewhere', 'sameQidLater']],
  ])('from %s alone it finds other mails too, as the page warns', (_, seed, others) => {
    expect(namesOf(follow(seed).found)).toEqual([...theMail, ...others].sort())
  })
})

describe('what only looks equal', () => {
  it('a qid of the form <sid>-<n> is no queue id: the mail log has another one', () => {
    expect(of(mailRecords.splitMessage, QID)).toBe(`${keys.sid}-1`)
    expect(of(mailRecords.splitLineFrom, QID)).toBe(keys.splitQid)
  })

  it('TAP can lack the qid, the Message-ID and the sender: then only the guid joins', () => {
    for (const attribute of [QID, MESSAGE_ID, SENDER])
      expect(of(mailRecords.blocked, attribute)).toBeUndefined()
  })

  it('a line of type to has neither guid, Message-ID nor sender: only the qid joins', () => {
    for (const attribute of [GUID, MESSAGE_ID, SENDER])
      expect(of(mailRecords.lineTo, attribute)).toBeUndefined()
  })

  it('the local part of an address keeps its case', () => {
    expect(of(mailRecords.clickBlocked, 'user.email')).toBe('Anna@example.com')
    expect(of(mailRecords.clickBlocked, RECIPIENTS)).not.toEqual(of(mailRecords.clickPermitted, RECIPIENTS))
  })

  it('an audit event has no key of a mail but the text of its details, and its guid is its own', () => {
    for (const attribute of [GUID, QID, MESSAGE_ID, RECIPIENTS])
      expect(of(mailRecords.audit, attribute)).toBeUndefined()
    expect(of(mailRecords.audit, DETAILS)).toContain(keys.splitGuid)
  })
})
