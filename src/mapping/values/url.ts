/** URLs without their secrets, by the rule of OpenTelemetry's `url.full`. */

/**
 * What stands before an authority: a scheme, with whatever is before it. Browsers take any number of slashes, either way,
 * after the web's schemes.
 */
const BEFORE_AUTHORITY =
  /^[^\w/?#\\]*(?:(?:view-source|blob|url):[^\w/?#\\]*)*(?:https?|wss?|ftp):[\\/]*|^[^/?#\\]*:\/\/|^[^\w/?#\\]*\/\//i

/** A text without a scheme that begins with user and password, as in `jo:secret@example.com`; not `mailto:jo@example.com`. */
const BEFORE_USER = /^(?![^\w/?#\\]*mailto:)[^\w/?#\\]*(?=[^\s/?#@\\:]*:[^/?#\\]*@)/i

/** A text without a scheme that begins like a host, as in `example.com/path`: not `mailto:a@b`, not a sentence. */
const BARE_HOST = /^\s*(?=[^\s:/?#@\\.]+(?:\.[^\s:/?#@\\.]+)+\.?(?::\d*)?(?:[/?#]|\s*$))/

const IGNORED = /[\t\n\r]/g
const LONGEST = 65_536
/** No scheme or host is longer, and a pattern need not take more. */
const LONGEST_BEGIN = 4096

const AFTER_AUTHORITY = /[/?#\\]/
const HOST = /^(\[[0-9a-f:.]+\]|[^\s"<>@[\\\]^`{|}:/?#]+)(?::\d*)?$/i

/** The keys that the text of `url.full` names (semantic conventions 1.45), matched with their case. */
const SECRET_PARAMETERS =
  /([?&](?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|AWSAccessKeyId|Signature|sig|X-Goog-Signature)=)[^&]+/g

/**
 * `full`: the text with user, password and signature parameters as `REDACTED`; every other byte as sent. `domain`: its
 * host in lower case (an IPv6 address in its `[]`), absent when there is none. Text that is no URL stays as it is. Tabs and
 * line breaks, which browsers ignore, go with what is redacted; of a text over 64 KiB the beginning counts.
 */
export function redactUrl(sent: string): { full: string; domain?: string; changed: boolean } {
  const text = sent.slice(0, LONGEST).replace(IGNORED, '')
  const begin = text.slice(0, LONGEST_BEGIN)
  const start = [BEFORE_AUTHORITY, BARE_HOST, BEFORE_USER]
    .map(pattern => pattern.exec(begin))
    .find(Boolean)?.[0].length
  const end = start === undefined ? 0 : authorityEnd(text, start)
  const authority = text.slice(start ?? 0, end)
  const at = authority.lastIndexOf('@')
  const name = authority.slice(at + 1)
  const host = name.length > LONGEST_BEGIN ? undefined : HOST.exec(name)?.[1]?.toLowerCase()

  // Of a text that was cut before the end of its authority nobody can tell what is a password.
  const isOpen = sent.length > LONGEST && end === text.length
  if (isOpen) return { full: `${text.slice(0, start ?? 0)}REDACTED`, changed: true }
  const redacted = at < 0 ? authority : redactUser(authority.slice(0, at)) + authority.slice(at)
  const full = text.slice(0, start ?? 0) + redacted + redactQuery(text.slice(end))
  const changed = full !== text
  return { full: changed ? full : sent, ...(host === undefined ? {} : { domain: host }), changed }
}

function authorityEnd(text: string, start: number): number {
  const rest = text.slice(start).trimEnd()
  const length = rest.search(AFTER_AUTHORITY)
  return start + (length < 0 ? rest.length : length)
}

function redactUser(user: string): string {
  if (user === '') return ''
  return user.includes(':') ? 'REDACTED:REDACTED' : 'REDACTED'
}

function redactQuery(rest: string): string {
  const query = rest.indexOf('?')
  const fragment = rest.indexOf('#')
  if (query < 0 || (fragment >= 0 && fragment < query)) return rest
  const end = fragment < 0 ? rest.length : fragment
  return (
    rest.slice(0, query) + rest.slice(query, end).replace(SECRET_PARAMETERS, '$1REDACTED') + rest.slice(end)
  )
}
