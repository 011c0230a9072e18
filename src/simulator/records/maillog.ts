/** PoD `type=maillog` records: one line of sendmail each, joined to the message by the queue id. */
import type { Draws } from '../random.ts'
import { domainOf, type Mail } from './mail.ts'
import { delayText, podTime } from './times.ts'

/** Every mail has three lines: one `from=`, two `to=`. */
export const LINES_PER_MAIL = 3

interface Line {
  /** What comes after the queue id, in order, as sendmail writes it. */
  readonly fields: Record<string, string | readonly string[]>
  readonly tls: { readonly verify: string; readonly version: string; readonly cipher: string }
}

const noTls = { verify: 'NONE', version: 'NONE', cipher: 'NONE' }
const tls = { verify: 'OK', version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES256-GCM-SHA384' }

/**
 * Line `part` (0 to 2) of a mail, logged at `atUs`. `fate` are draws of the mail, the same for its three lines;
 * `draws` are the line's own and give its id first.
 */
export function maillog(
  mail: Mail,
  part: number,
  atUs: number,
  fate: Draws,
  draws: Draws,
  cluster: string,
): object {
  const id = maillogId(draws)
  const { fields, tls: transport } = part === 0 ? fromLine(mail, draws) : toLine(mail, part, fate, draws)
  const zone = mail.zone === '-0700' && draws.chance(0.1) ? '-07:00' : mail.zone
  const stamp = podTime(atUs, zone)
  const lineStamp = `${stamp.slice(0, 29)}:${stamp.slice(-2)}`
  const origin = { cid: cluster, agent: mail.agent }
  return {
    id,
    ts: stamp,
    data: `${lineStamp} ${mail.agent.split('.')[0]} sendmail[${1000 + draws.below(30_000)}]: ${mail.qid}: ${written(fields, transport)}`,
    pps: origin,
    metadata: {
      customerId: '5a1c1d5e-0000-4000-8000-000000000001',
      origin: { schemaVersion: '20200420', data: origin },
    },
    sm: { qid: mail.qid, ...fields },
    tls: transport,
  }
}

/** The record's id, of fresh draws: 22 characters of base64. */
export const maillogId = (draws: Draws): string =>
  draws.base64url(22).replaceAll('-', '+').replaceAll('_', '/')

function written(fields: Line['fields'], transport: Line['tls']): string {
  const names: Record<string, string> = { sizeBytes: 'size' }
  const text = Object.entries(fields).map(
    ([name, value]) => `${names[name] ?? name}=${[value].flat().join(',')}`,
  )
  const { verify, version, cipher } = transport
  return [...text, `tls_verify=${verify}`, `tls_version=${version}`, `cipher=${cipher}`].join(', ')
}

function fromLine({ sender, recipients, messageId, sizeBytes, peer }: Mail, draws: Draws): Line {
  const address = peer.ip.includes(':') ? `IPv6:${peer.ip}` : peer.ip
  return {
    fields: {
      from: draws.chance(0.7) ? `<${sender.address}>` : sender.address,
      sizeBytes: String(sizeBytes),
      class: '0',
      nrcpts: String(recipients.length),
      msgid: `<${messageId}>`,
      proto: 'ESMTP',
      daemon: 'MTA',
      auth: 'NONE',
      relay: peer.host === '[unknown]' ? `[${address}]` : `${peer.host}. [${address}]`,
    },
    tls: draws.chance(0.8) ? tls : noTls,
  }
}

function toLine(mail: Mail, part: number, fate: Draws, draws: Draws): Line {
  const outcome = fate.below(100)
  const days = fate.chance(0.3) ? 1 + fate.below(3) : 0
  const last = part === LINES_PER_MAIL - 1
  const { recipients, sender } = mail
  if (outcome < 8 && !last) return delivery(mail, recipients[0].address, draws, deferred, draws.below(4))
  if (outcome < 8)
    return delivery(mail, recipients[0].address, draws, sent, days * 86_400 + 60 + draws.below(40_000))
  if (outcome < 13 && !last) return delivery(mail, recipients[0].address, draws, bounced, draws.below(4))
  if (outcome < 13 && sender.address !== '')
    return delivery(mail, sender.address, draws, { ...sent, mailer: 'dsn' }, 1)
  const recipient = last ? recipients[1] : recipients[0]
  if (recipient) return delivery(mail, recipient.address, draws, sent, draws.below(9))
  return {
    fields: {
      to: ['/dev/null'],
      ctladdr: `<${recipients[0].address}> (8/0)`,
      delay: '00:00:00',
      xdelay: '00:00:00',
      mailer: '*file*',
      pri: String(30_000 + mail.sizeBytes),
      dsn: '2.0.0',
      stat: 'Sent',
    },
    tls: noTls,
  }
}

const sent = { mailer: 'esmtp', dsn: '2.0.0', stat: 'Sent (Ok: queued)' }
const deferred = {
  mailer: 'esmtp',
  dsn: '4.0.0',
  stat: 'Deferred: Connection timed out with mx.partner.example.org.',
}
const bounced = { mailer: 'esmtp', dsn: '5.1.1', stat: 'User unknown' }

function delivery(
  mail: Mail,
  to: string,
  draws: Draws,
  { mailer, dsn, stat }: typeof sent,
  delay: number,
): Line {
  const accepted = dsn.startsWith('2')
  return {
    fields: {
      to: [draws.chance(0.8) ? `<${to}>` : to],
      delay: delayText(delay),
      xdelay: delayText(Math.min(delay, draws.below(20))),
      mailer,
      pri: String(120_000 + mail.sizeBytes),
      relay: accepted ? `mx.${domainOf(to)}. [203.0.113.${1 + draws.below(254)}]` : `mx.${domainOf(to)}.`,
      dsn,
      stat:
        accepted && draws.chance(0.5)
          ? `Sent (<${mail.messageId}> [InternalId=${draws.below(1e9)}] Queued mail for delivery)`
          : stat,
    },
    tls: accepted ? tls : noTls,
  }
}
