/** Rules for one value. What is blank says nothing; what cannot be read is left out: the body has it. */
import { address, messageId, nullSender } from '../values/address.ts'
import { ip } from '../values/network.ts'
import { isoOf, parseTime } from '../values/time.ts'
import { ianaCipher, tlsVersion } from '../values/tls.ts'
import { notation, ofFew, readabilityOf, valueRule } from './rule.ts'

const trimmed = (value: string): string | undefined => value.trim() || undefined
const lowered = (value: string): string | undefined => value.trim().toLowerCase() || undefined
const rounded = (value: number): number | undefined => {
  const whole = Math.round(value) + 0 // no negative zero
  return Number.isSafeInteger(whole) ? whole : undefined
}

const beforeColon = (value: string): string => {
  const colon = value.indexOf(':')
  return colon < 0 ? value : value.slice(0, colon)
}

/** A text that may be any, except the one word by which the source says "nothing". */
const unless = (nothing: string, of: (value: string) => string | undefined) => (value: string) =>
  value.trim().toUpperCase() === nothing ? undefined : of(value)

const same = { ofPlain: { how: 'one' } } as const
const inLowerCase = { ofPlain: { how: 'one', as: 'lower case' } } as const

export const text = { ...valueRule('trimmed', 'text', trimmed), ...same }
export const asSent = {
  ...valueRule('', 'text', value => (value.trim() === '' ? undefined : value)),
  ...same,
}
export const lower = { ...valueRule('lower case', 'text', lowered), ...inLowerCase }
export const asText = { ...valueRule('number or text, as text', 'scalar', trimmed), ...same }
export const asLowerText = {
  ...valueRule('boolean or text, as lower-case text', 'scalar', lowered),
  ...inLowerCase,
}
export const exceptNone = ofFew(valueRule('`NONE` left out', 'text', unless('NONE', trimmed)))
export const country = ofFew(
  valueRule(
    'upper case; `**` left out',
    'text',
    unless('**', value => trimmed(value.toUpperCase())),
  ),
)

export const int = { ...notation('number or decimal text, rounded', 'number', rounded, 'numbers'), ...same }
export const nanoseconds = {
  ...notation('seconds as nanoseconds', 'number', value => rounded(value * 1e9), 'numbers'),
  ofPlain: { how: 'one', as: 'nanoseconds' } as const,
}
export const flag = { ...valueRule('boolean, or its text in any case', 'boolean', value => value), ...same }

export const timestamp = notation('nanoseconds', 'text', parseTime, 'times')
export const time = {
  ...valueRule('RFC 3339 in UTC, digits as sent', 'text', value => {
    const parsed = parseTime(value)
    return parsed && isoOf(parsed)
  }),
  ...readabilityOf(timestamp),
}

const sameAddress = { ofPlain: { how: 'one', only: 'mail addresses' } } as const

export const mailAddress = {
  ...valueRule('bare address, domain in lower case', 'text', address),
  ...sameAddress,
}
export const envelopeSender = {
  ...valueRule('bare address, domain in lower case; empty is `<>`', 'text', value =>
    value.trim() === '' ? nullSender : address(value),
  ),
  ...sameAddress,
}
export const messageIdOf = {
  ...valueRule('without `<>`', 'text', messageId),
  ofPlain: { how: 'one', as: 'without brackets' } as const,
}

/** What Proofpoint writes where it has no address. */
const NO_ADDRESS = '400.000.000'

export const ipAddress = {
  ...valueRule('valid IPv4 or IPv6', 'text', ip),
  ofPlain: { how: 'one', only: 'IPv4 addresses' } as const,
  isReadable: (value: unknown) => value === NO_ADDRESS || ip(String(value)) !== undefined,
  surelyReadable: 'IPv4 addresses' as const,
}
export const hostName = valueRule('lower case; an address is left out', 'text', value =>
  ip(value) === undefined ? lowered(value) : undefined,
)
export const protocolName = ofFew(
  valueRule('before `:`, lower case', 'text', value => lowered(beforeColon(value))),
)

export const tlsVersionNumber = ofFew(
  valueRule('`TLSv1.2` is 1.2; `NONE` left out', 'text', value => tlsVersion(value)?.version),
)
export const tlsName = ofFew(
  valueRule('`TLSv1.2` is tls; `NONE` left out', 'text', value => tlsVersion(value)?.name),
)
export const tlsEstablished = ofFew(
  valueRule('false for `NONE`', 'text', value => tlsVersion(value)?.established),
)
export const cipherName = ofFew(
  valueRule('OpenSSL name to IANA name; unknown ones left out', 'text', ianaCipher),
)
