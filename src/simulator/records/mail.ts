/** The mail that several records tell of: one mail can be followed by its guid, qid, Message-ID and recipients. */
import type { Draws } from '../random.ts'
import { type Zone, zones } from './times.ts'

export type Verdict = 'clean' | 'bulk' | 'spam' | 'phish' | 'malware'

export interface Person {
  readonly address: string
  readonly name: string
}

export interface Mail {
  readonly verdict: Verdict
  /** End of filtering, microseconds since 1970. */
  readonly atUs: number
  readonly guid: string
  readonly sid: string
  readonly qid: string
  /** Without angle brackets. */
  readonly messageId: string
  /** Set when policy split the mail: the guid of what it was split from. */
  readonly parentGuid: string | undefined
  readonly agent: string
  readonly zone: Zone
  readonly direction: 'inbound' | 'outbound' | 'internal'
  readonly peer: Peer
  /** The address is empty in a non-delivery report. */
  readonly sender: Person
  readonly recipients: readonly [Person, ...Person[]]
  readonly subject: string
  readonly sizeBytes: number
}

export interface Peer {
  readonly ip: string
  readonly host: string
  readonly helo: string
  readonly country: string
  readonly resolveStatus: string
}

const people = [
  ['anna.rossi', 'Rossi, Anna'],
  ['b.smith', 'Bob Smith'],
  ['chen.wei', '陳偉'],
  ['d.mueller', 'Dörte Müller'],
  ['e.garcia', 'García, Elena (Legal)'],
  ['f.dupont', 'François Dupont'],
  ['g.okafor', 'Grace Okafor'],
  ['h.tanaka', '田中 花'],
  ['it-support', 'IT "Service" Desk'],
  ['j.novak', ''],
  ['payroll', 'Payroll'],
  ["k.o'neil", "O'Neil, Kate"],
] as const
const partners = [
  'supplier.example',
  'bank.example',
  'news.example',
  'mail.example.net',
  'shop.example',
  'partner.example.org',
]
const home = ['example.com', 'example.com', 'eu.example.com']
const subjects: Record<Verdict, readonly string[]> = {
  clean: [
    'Meeting notes',
    'Re: Offer 4711',
    'Réunion budgétaire – été',
    '請求書のご確認',
    'Überweisung vom Montag',
    'AW: "Entwurf", Version 2',
    '',
    'Fwd: Lunch? 🍜',
  ],
  bulk: ['Your weekly digest', 'Neues im Juni: 20 % auf alles', 'Conference agenda is out'],
  spam: ['You have been selected!!!', 'Cheap watches', 'Gagnez un téléphone'],
  phish: ['Your password expires today', 'Document shared with you', 'Konto gesperrt – bitte bestätigen'],
  malware: ['Invoice attached', 'Scanned document 0042', '納品書'],
}
const countries = ['us', 'de', 'fr', 'jp', 'br', 'ng']

/** The verdict alone, of fresh draws: the first thing that `mailFrom` draws. */
export function verdictFrom(draws: Draws): Verdict {
  const percent = draws.below(100)
  if (percent < 68) return 'clean'
  if (percent < 80) return 'bulk'
  if (percent < 90) return 'spam'
  return percent < 96 ? 'phish' : 'malware'
}

/** One mail, of fresh draws; further draws may follow. */
export function mailFrom(draws: Draws, atUs: number): Mail {
  const verdict = verdictFrom(draws)
  const sid = draws.base36(10)
  const split = draws.chance(0.05)
  const direction =
    verdict === 'clean' ? draws.pick(['inbound', 'inbound', 'outbound', 'internal'] as const) : 'inbound'
  const sender = person(draws, direction === 'inbound' ? partners : home)
  const report = verdict === 'clean' && draws.chance(0.04)
  const agent = draws.below(12)
  return {
    verdict,
    atUs,
    sid,
    guid: draws.base64url(32),
    parentGuid: split ? draws.base64url(32) : undefined,
    qid: split
      ? `${sid}-1`
      : `${draws.base64url(8).replace(/[-_]/g, 'x')}${String(draws.below(1e6)).padStart(6, '0')}`,
    messageId: `${draws.hex(16)}.${draws.hex(8)}@${domainOf(sender.address)}`,
    agent: `m0000${100 + agent}.pps.example.net`,
    zone: zones[agent % 4]!,
    direction,
    peer: peer(draws, direction !== 'inbound', domainOf(sender.address)),
    sender: report ? { address: '', name: 'Mail Delivery Subsystem' } : sender,
    recipients: recipients(draws, direction === 'outbound' ? partners : home),
    subject: report ? 'Undeliverable: Meeting notes' : draws.pick(subjects[verdict]),
    sizeBytes: 1200 + draws.below(verdict === 'malware' ? 900_000 : 60_000),
  }
}

export const domainOf = (address: string): string => address.slice(address.indexOf('@') + 1)

/** `"Rossi, Anna" <anna.rossi@example.com>` */
export function mailbox({ name, address }: Person): string {
  if (name === '') return address
  const phrase = /[",()]/.test(name) ? `"${name.replaceAll('"', '\\"')}"` : name
  return `${phrase} <${address}>`
}

/** The text as a header carries it: RFC 2047 where it is not ASCII. */
export function encodedWord(text: string): string {
  const ascii = Buffer.byteLength(text) === text.length
  return ascii ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
}

function person(draws: Draws, domains: readonly string[]): Person {
  const [local, name] = draws.pick(people)
  return { address: `${local}@${draws.pick(domains)}`, name }
}

function recipients(draws: Draws, domains: readonly string[]): readonly [Person, ...Person[]] {
  const first = person(draws, domains)
  if (draws.chance(0.75)) return [first]
  const second = person(draws, domains)
  return second.address === first.address ? [first] : [first, second]
}

function peer(draws: Draws, local: boolean, domain: string): Peer {
  if (local)
    return {
      ip: '192.0.2.25',
      host: 'localhost',
      helo: 'relay.example.com',
      country: '**',
      resolveStatus: 'ok',
    }
  const ip = draws.chance(0.1)
    ? `2001:db8:${draws.hex(4)}::${draws.hex(4)}`
    : `${draws.pick(['198.51.100', '203.0.113'])}.${1 + draws.below(254)}`
  const resolved = draws.chance(0.9)
  const name = `mx${draws.below(9)}.${domain}`
  return {
    ip,
    host: resolved ? name : '[unknown]',
    helo: draws.chance(0.05) ? ip : name,
    country: draws.chance(0.05) ? '**' : draws.pick(countries),
    resolveStatus: resolved ? 'ok' : '[unknown]',
  }
}
