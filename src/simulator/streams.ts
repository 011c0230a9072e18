/** The streams of one account: which event happens when, and what it says. All of it is arithmetic; nothing is stored. */
import { type Draws, randomness } from './random.ts'
import { audit, auditGuid } from './records/audit.ts'
import { type Mail, mailFrom, type Verdict, verdictFrom } from './records/mail.ts'
import { LINES_PER_MAIL, maillog, maillogId } from './records/maillog.ts'
import { podMessage } from './records/pod-message.ts'
import { type TapClick, type TapMessage, tapClick, tapMessage } from './records/tap.ts'
import { isTwin, type Timeline, timeline, withTwins } from './timeline.ts'

/** The values of the PoD Log API's `type` parameter. */
export const podTypes = ['message', 'maillog', 'audit'] as const
export type PodType = (typeof podTypes)[number]
/** The arrays of the TAP SIEM API. */
export const tapArrays = ['messagesDelivered', 'messagesBlocked', 'clicksPermitted', 'clicksBlocked'] as const
export type TapArray = (typeof tapArrays)[number]
export type StreamName = PodType | TapArray
export const streamNames: readonly StreamName[] = [...podTypes, ...tapArrays]

/** Events per virtual second; 0 is silence. */
export type Rates = Readonly<Record<StreamName, number>>

export interface Stream<Record> extends Timeline {
  record(index: number): Record
  /** What tells this event from the others: see `identityOf`. */
  identity(index: number): string
}

export interface Streams {
  readonly pod: Readonly<Record<PodType, Stream<object>>>
  readonly tap: Readonly<Record<TapArray, Stream<TapMessage | TapClick>>>
}

const HOUR_MS = 3_600_000

/**
 * What tells a record of a stream from all others of it: PoD message and audit `guid`, maillog `id`; TAP the texts
 * GUID, `id` (empty where the event has none), recipients and time of creation, separated by blanks.
 */
export function identityOf(record: object): string {
  const { guid, GUID, id, recipient } = record as Record<'guid' | 'GUID' | 'id' | 'recipient', unknown>
  if (GUID !== undefined) return [GUID, id ?? '', recipient, createdAt(record)].flat().join(' ')
  return String(guid ?? id ?? '')
}

/** When a TAP event came to be: the latest of its times, as text. */
function createdAt(event: {
  messageTime?: unknown
  clickTime?: unknown
  threatTime?: unknown
  threatsInfoMap?: unknown
}): string {
  const threats: { threatTime?: unknown }[] = Array.isArray(event.threatsInfoMap)
    ? event.threatsInfoMap
    : [event]
  const times = [event.messageTime, event.clickTime, ...threats.map(({ threatTime }) => threatTime)]
  return (
    times
      .map(time => String(time ?? ''))
      .toSorted()
      .at(-1) ?? ''
  )
}

export function streamsOf(seed: number, cluster: string, rates: Rates): Streams {
  const mails = mailFlow(seed, rates.message)
  const messagesOf = (name: MessageArray, rate: number) => condemned(name, seed, cluster, rate, mails)
  const delivered = messagesOf('messagesDelivered', rates.messagesDelivered)
  // Clicks without any delivered message are on messages of which TAP tells nothing else.
  const clicked = rates.messagesDelivered > 0 ? delivered : messagesOf('messagesDelivered', 1 / 60)
  return {
    pod: {
      message: messages(mails, cluster),
      maillog: lines(seed, cluster, rates.maillog, mails),
      audit: audits(seed, cluster, rates.audit),
    },
    tap: {
      messagesDelivered: delivered,
      messagesBlocked: messagesOf('messagesBlocked', rates.messagesBlocked),
      clicksPermitted: clicks('clicksPermitted', seed, rates.clicksPermitted, clicked),
      clicksBlocked: clicks('clicksBlocked', seed, rates.clicksBlocked, clicked),
    },
  }
}

interface MailFlow extends Timeline {
  readonly draws: (index: number) => Draws
  /** The newest mail of such a verdict that was filtered before `ms`; one that left no message record if there is none near. */
  before(ms: number, verdicts: readonly Verdict[], stranger: Draws): Mail
  /** The index of the newest mail before `ms`, -1 if there is none. */
  newest(ms: number): number
}

function mailFlow(seed: number, rate: number): MailFlow {
  const line = timeline(rate, seed, 'message')
  const draws = randomness(seed, 'message')
  const newest = (ms: number) => line.first(ms) - 1
  return {
    ...line,
    draws,
    newest,
    before: (ms, verdicts, stranger) => {
      const start = newest(ms)
      for (let index = start; index > Math.max(-1, start - 300); index--) {
        if (verdicts.includes(verdictFrom(draws(index)))) return mailFrom(draws(index), line.timeUs(index))
      }
      return mailFrom(stranger, Math.floor(ms) * 1000 - 1)
    },
  }
}

function messages({ draws, timeUs, first }: MailFlow, cluster: string): Stream<object> {
  return {
    timeUs,
    first,
    record: index => {
      const own = draws(index)
      return podMessage(mailFrom(own, timeUs(index)), own, cluster)
    },
    identity: index => mailFrom(draws(index), 0).guid,
  }
}

function lines(seed: number, cluster: string, rate: number, mails: MailFlow): Stream<object> {
  const line = timeline(rate, seed, 'maillog')
  const draws = randomness(seed, 'maillog')
  const fates = randomness(seed, 'maillog fate')
  const strangers = randomness(seed, 'maillog stranger')
  const newestAt = (group: number) => mails.newest(line.timeUs(group * LINES_PER_MAIL) / 1000)
  // A mail has one group of lines: where there are more groups than mails, the rest tell of mails without a message record.
  const mailOf = (group: number) => {
    const index = newestAt(group)
    const fresh = index >= 0 && (group === 0 || newestAt(group - 1) !== index)
    return fresh
      ? mailFrom(mails.draws(index), mails.timeUs(index))
      : mailFrom(strangers(group), line.timeUs(group * LINES_PER_MAIL))
  }
  return {
    ...line,
    record: index => {
      const group = Math.floor(index / LINES_PER_MAIL)
      const part = index % LINES_PER_MAIL
      return maillog(mailOf(group), part, line.timeUs(index), fates(group), draws(index), cluster)
    },
    identity: index => maillogId(draws(index)),
  }
}

function audits(seed: number, cluster: string, rate: number): Stream<object> {
  const line = timeline(rate, seed, 'audit')
  const draws = randomness(seed, 'audit')
  return {
    ...line,
    record: index => audit(draws(index), line.timeUs(index), cluster),
    identity: index => auditGuid(draws(index)),
  }
}

type MessageArray = Extract<TapArray, `messages${string}`>
type ClickArray = Exclude<TapArray, MessageArray>

/** Message events of TAP; the time of the timeline is that of creation. */
function condemned(
  name: MessageArray,
  seed: number,
  cluster: string,
  rate: number,
  mails: MailFlow,
): Stream<TapMessage> {
  const disposition = name === 'messagesDelivered' ? 'delivered' : 'blocked'
  const verdicts: readonly Verdict[] =
    disposition === 'delivered' ? ['clean', 'bulk'] : ['phish', 'malware', 'spam']
  const line = withTwins(timeline(rate, seed, name))
  const draws = randomness(seed, name)
  const messageDraws = randomness(seed, `${name} message`)
  const strangers = randomness(seed, `${name} stranger`)
  const record = (index: number) => {
    const first = isTwin(index) ? index - 1 : index
    const shared = messageDraws(first)
    const createdMs = Math.floor(line.timeUs(index) / 1000)
    const late = disposition === 'delivered' && shared.chance(0.3)
    const sinceMail = late ? shared.below(36 * HOUR_MS) : 0
    const mail = mails.before(createdMs - sinceMail, verdicts, strangers(first))
    const all = mail.recipients.map(({ address }) => address)
    const twins = isTwin(index + 1) || isTwin(index)
    const recipients = twins ? [isTwin(index) ? (all[1] ?? 'list@example.com') : all[0]!] : all
    return tapMessage(
      { mail, disposition, createdMs, late, recipients, draws: draws(index), shared },
      cluster,
    )
  }
  return { ...line, record, identity: index => identityOf(record(index)) }
}

function clicks(
  name: ClickArray,
  seed: number,
  rate: number,
  delivered: Stream<TapMessage>,
): Stream<TapClick> {
  const line = timeline(rate, seed, name)
  const draws = randomness(seed, name)
  const record = (index: number) => {
    const createdMs = Math.floor(line.timeUs(index) / 1000)
    const newest = Math.max(0, delivered.first(createdMs) - 1)
    return tapClick(delivered.record(newest), createdMs, draws(index))
  }
  return { ...line, record, identity: index => identityOf(record(index)) }
}
