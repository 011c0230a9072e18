/** What a line of sendmail comes to. */
import { ERROR, INFO, WARN } from '../severity.ts'
import { relay } from '../values/network.ts'
import { pid, result, seconds } from '../values/sendmail.ts'
import { loggedIanaCipher } from '../values/tls.ts'
import { notation, ofFew, type Rule, rule, valueRule } from './rule.ts'
import { firstCase, otherwise, type SeverityRule } from './severity-rule.ts'

export const processId = valueRule('the pid in it', 'text', pid)
export const shortResult = valueRule('before `(` or `:`, snake_case', 'text', result)
export const duration = notation('`[d+]HH:MM:SS` as seconds', 'text', seconds)
export const loggedCipherName = ofFew(
  valueRule(
    'OpenSSL name to IANA name; unknown ones, and what may be the first 20 characters of another, left out',
    'text',
    loggedIanaCipher,
  ),
)

const SMTP = /^e?smtps?a?$/

/** ESMTP, ESMTPS and their kin are all SMTP. */
export const mailProtocol = ofFew(
  valueRule('ESMTP, SMTP, ESMTPS are smtp; others in lower case', 'text', value => {
    const protocol = value.trim().toLowerCase()
    return SMTP.test(protocol) ? 'smtp' : protocol || undefined
  }),
)

const FAILED = /^\s*[45]\.\d{1,3}\.\d{1,3}\s*$/

export const failureOf = valueRule('of class 4 or 5', 'text', value =>
  FAILED.test(value) ? value.trim() : undefined,
)

type LineType = 'from' | 'to' | 'other'
type Text = string | undefined

/** The slots that tell which line it is: sm.from, sm.sizeBytes, sm.nrcpts; sm.to, sm.stat. */
const ofFrom = ['text', 'number', 'number'] as const
const ofTo = ['text[]', 'text'] as const

function typeOf(
  from: Text,
  size: number | undefined,
  nrcpts: number | undefined,
  to: readonly Text[] = [],
  stat: Text,
): LineType {
  if (from?.trim() || size !== undefined || nrcpts !== undefined) return 'from'
  return to.some(recipient => recipient?.trim()) || stat?.trim() ? 'to' : 'other'
}

export const lineType: Rule<string> = rule(
  'from when it has a sender, size or count, to when it has recipients or a status, else other',
  [...ofFrom, ...ofTo],
  typeOf,
)

/** Takes the relay, then what tells the line's type. */
export const clientAddress: Rule<string> = rule(
  'type from: the address',
  ['text', ...ofFrom, ...ofTo],
  (peer, ...line) => (peer !== undefined && typeOf(...line) === 'from' ? relay(peer).ip : undefined),
)

export const serverAddress: Rule<string> = rule(
  'type to: the host name, lower case without final dot, else the address',
  ['text', ...ofFrom, ...ofTo],
  (peer, ...line) => {
    if (peer === undefined || typeOf(...line) !== 'to') return undefined
    const { host, ip } = relay(peer)
    return host ?? ip
  },
)

export const peerAddress: Rule<string> = rule(
  'type to: the address',
  ['text', ...ofFrom, ...ofTo],
  (peer, ...line) => (peer !== undefined && typeOf(...line) === 'to' ? relay(peer).ip : undefined),
)

/** Takes dsn and stat. */
export const maillogSeverity: SeverityRule = firstCase(
  'By `sm.dsn` and `sm.stat`',
  ['text', 'text'],
  (dsn = '', stat = '') => ({
    failure: FAILED.test(dsn) ? dsn.trim()[0] : undefined,
    isDeferred: stat.trim().toLowerCase().startsWith('deferred'),
  }),
  [
    { when: 'DSN 5.x.x', gives: ERROR, holds: ({ failure }) => failure === '5' },
    {
      when: 'DSN 4.x.x, or a status that begins with Deferred',
      gives: WARN,
      holds: ({ failure, isDeferred }) => failure === '4' || isDeferred,
    },
    otherwise(INFO),
  ],
)
