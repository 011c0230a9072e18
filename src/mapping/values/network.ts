/** Network addresses. */
import { isIP } from 'node:net'

/** No address or host name is longer, and a pattern need not take more. */
const LONGEST = 4096

/**
 * An IPv4 or IPv6 address without the `[]` and `IPv6:` that mail software puts around it; IPv6 in lower case.
 * Undefined when it is none, or has a zone: that means something only on the machine that wrote it.
 */
export function ip(text: string): string | undefined {
  if (isIP(text) === 4) return text
  if (text.length > LONGEST) return undefined
  let bare = text.trim()
  if (bare.startsWith('[') && bare.endsWith(']')) bare = bare.slice(1, -1)
  if (/^ipv6:/i.test(bare)) bare = bare.slice(5)
  const version = bare.includes('%') ? 0 : isIP(bare)
  if (version === 0) return undefined
  return version === 6 ? bare.toLowerCase() : bare
}

/** `user@host. [address] (may be forged)`, each part optional. */
const RELAY = /^\s*([^\s[\]]*)\s*(?:\[([^[\]]*)\])?/

/** A relay as sendmail logs it: its host name, without the final dot and in lower case, and its address. */
export function relay(text: string): { host?: string; ip?: string } {
  const [, name = '', literal = ''] = RELAY.exec(text.slice(0, LONGEST)) ?? []
  const host = name
    .slice(name.lastIndexOf('@') + 1)
    .replace(/\.$/, '')
    .toLowerCase()
  const hostIp = ip(host)
  const literalIp = ip(literal) ?? hostIp
  return {
    ...(host !== '' && hostIp === undefined ? { host } : {}),
    ...(literalIp === undefined ? {} : { ip: literalIp }),
  }
}
