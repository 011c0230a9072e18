/** Elements of the TAP SIEM API's four arrays. */
import type { Draws } from '../random.ts'
import { encodedWord, type Mail, mailbox, type Verdict } from './mail.ts'
import { tapTime } from './times.ts'

export interface TapThreat {
  readonly [field: string]: unknown
  readonly threat: string
  readonly threatType: string
  readonly threatStatus?: string
  readonly threatTime: string
  readonly classification: string
}

/** An element of messagesDelivered or messagesBlocked; only what other code looks at is named. */
export interface TapMessage {
  readonly [field: string]: unknown
  readonly GUID: string
  readonly id?: string
  readonly recipient: readonly string[]
  readonly messageParts: readonly object[] | null
  readonly threatsInfoMap: readonly TapThreat[]
}

/** An element of clicksPermitted or clicksBlocked. */
export interface TapClick {
  readonly [field: string]: unknown
  readonly GUID: string
  readonly id: string
  readonly recipient: string
}

export interface Condemned {
  readonly mail: Mail
  readonly disposition: 'delivered' | 'blocked'
  /** When the event came to be: the later of the message's and the threat's time, ms since 1970. */
  readonly createdMs: number
  /** Whether the threat was found long after delivery. */
  readonly late: boolean
  readonly recipients: readonly string[]
  /** Of the event itself. */
  readonly draws: Draws
  /** Of what events of one message share, when there is one event per recipient. */
  readonly shared: Draws
}

const DASHBOARD = 'https://threatinsight.example.com/00000000-0000-4000-8000-000000000002/threat'
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
]
const HOUR_MS = 3_600_000

const cased = (word: string, draws: Draws) => (draws.chance(0.2) ? word.toUpperCase() : word)

function threats({ createdMs, late, mail, shared: draws }: Condemned): TapThreat[] {
  const found = late ? createdMs : createdMs - draws.below(48 * HOUR_MS)
  const main = mail.verdict === 'malware' ? malware(draws) : link(draws, mail.verdict)
  const one = threat(
    draws,
    main,
    found,
    draws.pick(['active', 'active', 'active', 'active', 'cleared', undefined]),
  )
  if (!draws.chance(0.15)) return [one]
  return [
    one,
    threat(
      draws,
      link(draws, 'phish'),
      found - draws.below(HOUR_MS),
      draws.pick(['falsepositive', 'active']),
    ),
  ]
}

const malware = (draws: Draws) => ({ threat: draws.hex(64), type: 'attachment', classification: 'malware' })

function link(draws: Draws, verdict: Verdict) {
  const classification =
    verdict === 'spam' ? 'spam' : draws.pick(['phish', 'phish', 'phish', 'malware', 'impostor', 'toad'])
  if (classification === 'impostor' || classification === 'toad') {
    return { threat: 'ceo@partner.example.org', type: draws.pick(['messageText', 'message']), classification }
  }
  return { threat: `https://login.example.net/${draws.base36(12)}`, type: 'url', classification }
}

function threat(
  draws: Draws,
  what: ReturnType<typeof malware>,
  foundMs: number,
  status: string | undefined,
): TapThreat {
  const id = draws.hex(64)
  return {
    [draws.chance(0.15) ? 'threatId' : 'threatID']: id,
    threat: what.threat,
    threatType: cased(what.type, draws),
    classification: cased(what.classification, draws),
    ...(status ? { threatStatus: status } : {}),
    threatTime: tapTime(foundMs),
    threatUrl: draws.chance(0.1) ? null : `${DASHBOARD}/email/${id}`,
    [draws.chance(0.15) ? 'campaignId' : 'campaignID']: draws.chance(0.6) ? null : draws.uuid(),
    actors: draws.chance(0.9) ? [] : [{ id: draws.uuid(), name: 'TA0000', type: 'ACTOR' }],
    ...(draws.chance(0.2) ? { detectionType: draws.pick(['NONE', 'COMPROMISED_WEBSITE']) } : {}),
  }
}

/** One message event. A message condemned late comes with nearly everything null. */
export function tapMessage(event: Condemned, cluster: string): TapMessage {
  const { mail, createdMs, late, recipients, draws, shared } = event
  const known = threats(event)
  const score = (of: Verdict) => (mail.verdict === of ? 100 : shared.below(30))
  const bare = late && shared.chance(0.6)
  return {
    GUID: mail.guid,
    ...(draws.chance(0.85) ? { id: draws.uuid() } : {}),
    QID: bare ? null : mail.qid,
    [shared.chance(0.1) ? 'clusterId' : 'cluster']: cluster,
    messageTime: tapTime(late ? Math.floor(mail.atUs / 1000) : createdMs),
    recipient: recipients,
    senderIP: mail.peer.ip,
    spamScore: score('spam'),
    phishScore: score('phish'),
    malwareScore: score('malware'),
    impostorScore: shared.chance(0.8) ? 0 : shared.below(100),
    threatsInfoMap: known,
    ...(bare ? nothing : details(event)),
  }
}

const nothing = {
  messageID: '',
  messageSize: 0,
  sender: '',
  subject: null,
  fromAddress: null,
  replyToAddress: null,
  toAddresses: null,
  ccAddresses: null,
  headerFrom: null,
  headerReplyTo: null,
  xmailer: null,
  completelyRewritten: 'na',
  quarantineFolder: null,
  quarantineRule: null,
  policyRoutes: null,
  modulesRun: null,
  messageParts: null,
}

const quarantines: Partial<Record<Verdict, readonly [folder: string, rule: string]>> = {
  malware: ['Attachment Defense', 'module.sandbox.threat'],
  phish: ['Phish', 'phish'],
}

function details({ mail, disposition, shared: draws }: Condemned) {
  const blocked = disposition === 'blocked'
  const [folder, rule] = quarantines[mail.verdict] ?? ['Bulk', 'spam']
  const from = mail.sender.address || 'mailer-daemon@example.com'
  return {
    messageID: draws.chance(0.8) ? `<${mail.messageId}>` : mail.messageId,
    messageSize: mail.sizeBytes,
    sender: mail.sender.address,
    subject: draws.chance(0.1) ? encodedWord(mail.subject) : mail.subject,
    fromAddress: draws.chance(0.1) ? from : [from],
    replyToAddress: draws.chance(0.8) ? null : [`reply@${from.split('@')[1]}`],
    toAddresses: mail.recipients.map(({ address }) => address),
    ccAddresses: draws.pick([[], null, ['list@example.com']]),
    headerFrom: mailbox({ name: mail.sender.name, address: from }),
    headerReplyTo: null,
    ...(draws.chance(0.1) ? { headerTo: mail.recipients.map(mailbox).join('; '), headerCC: '' } : {}),
    xmailer: draws.chance(0.7) ? null : 'Microsoft Outlook 16.0',
    completelyRewritten: draws.pick([true, 'true', false, 'false', 'na']),
    quarantineFolder: blocked ? folder : null,
    quarantineRule: blocked ? rule : null,
    policyRoutes: draws.pick([['default_inbound'], ['default_inbound', 'executives'], null]),
    modulesRun: draws.pick([
      ['av', 'spf', 'dkimv', 'dmarc', 'spam', 'pdr', 'urldefense', 'sandbox'],
      ['spam', 'urldefense'],
      null,
    ]),
    messageParts: draws.chance(0.05) ? null : tapParts(draws, mail.verdict),
  }
}

function tapParts(draws: Draws, verdict: Verdict): object[] {
  const text = (subtype: string, disposition: string) => ({
    disposition,
    filename: `text.${subtype === 'plain' ? 'txt' : subtype}`,
    contentType: `text/${subtype}`,
    oContentType: `text/${subtype}`,
    md5: draws.chance(0.1) ? null : draws.hex(32),
    sha256: draws.hex(64),
    sandboxStatus: draws.pick(['unsupported', null, 'NOT_SUPPORTED']),
  })
  const attachment = {
    disposition: 'attached',
    filename: 'Rechnung März.pdf',
    contentType: 'application/pdf',
    oContentType: draws.pick(['application/pdf', 'application/octet-stream']),
    md5: draws.hex(32),
    sha256: draws.hex(64),
    sandboxStatus:
      verdict === 'malware'
        ? 'threat'
        : draws.pick(['clean', 'prefilter', 'uploaded', 'inprogress', 'CLEAN']),
  }
  return [
    text('plain', 'inline'),
    text('html', 'inline'),
    ...(verdict === 'malware' || draws.chance(0.4) ? [attachment] : []),
  ]
}

/** A click on a link of `message`, known to be bad since `createdMs` at the latest. The id is drawn first. */
export function tapClick(message: TapMessage, createdMs: number, draws: Draws): TapClick {
  const id = draws.uuid()
  const [main] = message.threatsInfoMap
  const late = draws.chance(0.3)
  const clickMs = late ? createdMs - draws.below(6 * HOUR_MS) : createdMs
  const threatId = String(main?.['threatID'] ?? main?.['threatId'])
  return {
    GUID: message.GUID,
    id,
    campaignId: main?.['campaignID'] ?? null,
    classification: main?.classification ?? 'phish',
    clickIP: draws.chance(0.1) ? `2001:db8:1::${draws.hex(4)}` : `203.0.113.${1 + draws.below(254)}`,
    clickTime: tapTime(clickMs),
    messageID: message['messageID'],
    recipient: message.recipient[0] ?? '',
    sender: message['sender'],
    senderIP: message['senderIP'],
    threatID: threatId,
    threatTime: late ? tapTime(createdMs) : (main?.threatTime ?? tapTime(createdMs)),
    threatURL: `${DASHBOARD}/u/${threatId}`,
    ...(draws.chance(0.9) ? { threatStatus: main?.threatStatus ?? 'active' } : {}),
    url: draws.chance(0.05)
      ? 'https://login.example.net'
      : `https://login.example.net/${draws.base36(12)}?u=${draws.hex(8)}#top`,
    userAgent: draws.pick(agents),
  }
}
