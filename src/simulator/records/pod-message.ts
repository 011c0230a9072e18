/** PoD `type=message` records: what the filter knew of one mail and did with it. */
import type { Draws } from '../random.ts'
import { domainOf, encodedWord, type Mail, mailbox, type Verdict } from './mail.ts'
import { messageParts } from './message-parts.ts'
import { podTime } from './times.ts'

const fates: Record<
  Verdict,
  { disposition: string; module: string; rule: string; action: string; folder?: string }
> = {
  clean: { disposition: 'continue', module: 'av', rule: 'clean', action: 'continue' },
  bulk: { disposition: 'continue', module: 'spam', rule: 'bulk', action: 'add-header' },
  spam: { disposition: 'discard', module: 'spam', rule: 'spam', action: 'quarantine', folder: 'Bulk' },
  phish: { disposition: 'discard', module: 'spam', rule: 'phish', action: 'quarantine', folder: 'Phish' },
  malware: { disposition: 'discard', module: 'av', rule: 'infected', action: 'discard', folder: 'Malware' },
}

/** One record; `draws` are those that made the mail. */
export function podMessage(mail: Mail, draws: Draws, cluster: string): object {
  const host = domainOf(mail.sender.address || 'example.com')
  const parts = messageParts(draws, mail, host)
  return {
    guid: mail.guid,
    ts: podTime(mail.atUs, mail.zone),
    metadata: {
      origin: { data: { agent: mail.agent, cid: cluster, version: '8.22.0.1767', theater: 'us' } },
    },
    connection: connection(mail, draws),
    envelope: { from: mail.sender.address, rcpts: mail.recipients.map(({ address }) => address) },
    filter: filter(mail, draws),
    msg: headers(mail, draws, host),
    ...(parts ? { msgParts: parts } : {}),
  }
}

function connection({ peer, sid }: Mail, draws: Draws) {
  const inbound = draws.pick([
    { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', cipherBits: 256 },
    { version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES256-GCM-SHA384', cipherBits: '256' },
    { version: 'NONE', cipher: 'NONE', cipherBits: 0 },
    undefined,
  ])
  return { ...peer, protocol: 'smtp:smtp', sid, ...(inbound ? { tls: { inbound } } : {}) }
}

function filter(mail: Mail, draws: Draws) {
  const fate = fates[mail.verdict]
  const durationMs = 40 + draws.below(3000)
  const recipients = mail.recipients.map(({ address }) => address)
  return {
    qid: mail.qid,
    ...(mail.parentGuid ? { origGuid: mail.parentGuid } : {}),
    mid: draws.chance(0.5) ? draws.below(1e9) : String(draws.below(1e9)),
    startTime: podTime(mail.atUs - durationMs * 1000, mail.zone),
    durationSecs: draws.chance(0.05) ? String(durationMs / 1000) : durationMs / 1000,
    disposition: mail.verdict === 'clean' && draws.chance(0.1) ? 'accept' : fate.disposition,
    routeDirection: mail.direction,
    routes:
      mail.direction === 'inbound' ? ['default_inbound'] : ['allow_relay', 'firewallsafe', mail.direction],
    actions: actions(mail, draws),
    ...(fate.folder
      ? {
          quarantine: {
            folder: fate.folder,
            folderId: fate.folder.toLowerCase(),
            module: fate.module,
            rule: fate.rule,
            type: 'quarantine',
          },
        }
      : {}),
    msgSizeBytes: draws.chance(0.1) ? String(mail.sizeBytes + 512) : mail.sizeBytes + 512,
    isMsgEncrypted: false,
    isMsgReinjected: draws.chance(0.02),
    isMsgInDigest: draws.chance(0.03) ? 'False' : false,
    suborgs: { sender: '0', rcpts: recipients.map(() => '0') },
    verified: { rcpts: recipients },
    ...(draws.chance(0.9) ? { delivered: { rcpts: recipients } } : {}),
    ...(draws.chance(0.05) ? { pe: { rcpts: {} }, throttleIp: '' } : {}),
    modules: modules(mail, draws),
  }
}

/** The deciding entry is the one with `isFinal`, which need not be the last. */
function actions({ verdict }: Mail, draws: Draws) {
  const { module, rule, action } = fates[verdict]
  return [
    { module: 'access', rule: 'system', action: 'accept' },
    { module: 'spf', rule: 'pass', action: 'add-header' },
    { module: 'dkimv', rule: 'pass', action: 'add-header' },
    { module, rule, action, isFinal: draws.chance(0.2) ? 'True' : true },
    { module: 'spam', rule: verdict === 'clean' ? 'notspam' : verdict, action: 'add-header' },
    ...(draws.chance(0.3) ? [{ module: 'access', rule: 'pp_external_tag', action: 'add-header' }] : []),
  ]
}

function modules({ verdict, sender, peer }: Mail, draws: Draws) {
  const domain = domainOf(sender.address || 'example.com')
  const result = draws.pick(['pass', 'pass', 'pass', 'none', 'fail', 'softfail', 'temperror'])
  const score = (of: Verdict) => (verdict === of ? 80 + draws.below(21) : draws.below(10))
  const urlCount = draws.below(9)
  return {
    ...(verdict === 'malware' ? { av: { virusNames: ['Example.Test.File', 'W32/Example.A'] } } : {}),
    spf: { domain, result },
    dkimv: [{ domain, selector: `s${draws.below(3)}`, result: draws.pick(['pass', 'pass', 'fail']) }],
    dmarc: {
      filterdResult: result,
      srvid: 'mx.example.com',
      records: [
        {
          query: `_dmarc.${domain}`,
          ...(draws.chance(0.3) ? { error: 'NXDOMAIN' } : { record: 'v=DMARC1; p=reject' }),
        },
      ],
      alignment: [
        {
          fromDomain: domain,
          results: [{ method: 'spf', result: 'relaxed', identity: `bounce.${domain}`, identityOrg: domain }],
        },
      ],
      authResults: [
        {
          method: 'spf',
          result,
          reason: '',
          emailIdentities: { 'smtp.mailfrom': sender.address, 'smtp.helo': peer.helo },
        },
        { method: 'dkim', result: 'pass', reason: '', propspec: { 'header.d': domain, 'header.s': 's1' } },
        { method: 'dmarc', result, reason: '', emailIdentities: { 'header.from': domain } },
      ],
    },
    pdr: { v2: { response: 'pass', rscore: draws.below(100) } },
    spam: {
      ...(verdict === 'clean' ? {} : { triggeredClassifier: verdict }),
      scores: {
        overall: verdict === 'clean' ? 0 : 80 + draws.below(21),
        engine: draws.below(40),
        classifiers: {
          adult: 0,
          bulk: score('bulk'),
          impostor: 0,
          lowpriority: draws.below(100),
          malware: score('malware'),
          mlx: draws.below(100),
          mlxlog: draws.pick([372, 18, -1000]),
          phish: score('phish'),
          spam: score('spam'),
          suspect: draws.below(10),
        },
      },
      langs: draws.pick([['en'], ['en', 'pt', 'es'], ['jp'], []]),
      charsets: draws.pick([['utf-8'], []]),
      safeBlockedListMatches: draws.chance(0.05) ? [{ listType: 'safe', rule: domain }] : [],
      version: { engine: '8.19.0-2204280000', definitions: `main-${2601010000 + draws.below(1_000_000)}` },
    },
    urldefense: {
      counts: {
        total: urlCount,
        unique: Math.min(urlCount, 5),
        rewritten: draws.chance(0.1) ? String(urlCount) : urlCount,
      },
      version: { engine: draws.chance(0.5) ? '15' : 15 },
    },
    ...(draws.chance(0.2) ? { zerohour: { score: draws.chance(0.5) ? '0' : 0 } } : {}),
  }
}

function headers(mail: Mail, draws: Draws, host: string) {
  const { sender, recipients, messageId, subject, verdict } = mail
  const to = recipients.map(mailbox).join(', ')
  const from = sender.address === '' ? `${sender.name} <mailer-daemon@example.com>` : mailbox(sender)
  const rawFrom =
    sender.name === ''
      ? from
      : `${encodedWord(sender.name)} <${sender.address || 'mailer-daemon@example.com'}>`
  const bulk = verdict === 'bulk' ? { 'x-mailer': ['Newsletter 4.2'], 'reply-to': [`noreply@${host}`] } : {}
  return {
    header: {
      from: [/[",()]/.test(sender.name) ? from : rawFrom],
      to: [to],
      subject: [encodedWord(subject)],
      'message-id': [`<${messageId}>`],
      'return-path': [`<${sender.address}>`],
      ...bulk,
      ...(draws.chance(0.1) ? { 'x-originating-ip': [`[${mail.peer.ip}]`] } : {}),
    },
    normalizedHeader: { from: [from], to: [to], subject: [subject], 'message-id': [messageId], ...bulk },
    parsedAddresses: draws.chance(0.1)
      ? {}
      : {
          from: [sender.address || 'mailer-daemon@example.com'],
          fromDisplayNames: [sender.name],
          to: recipients.map(({ address }) => address),
        },
    lang: draws.pick(['en', 'ja', 'und', '']),
    sizeBytes: draws.chance(0.1) ? String(mail.sizeBytes) : mail.sizeBytes,
  }
}
