/** URLs without their secrets, by the rule of OpenTelemetry's `url.full`. */

/** A scheme with an authority. Browsers take any number of slashes, either way, after the web's schemes. */
const BEFORE_AUTHORITY = /^\s*(?:(?:https?|wss?|ftp):[\\/]*|(?:[a-z][a-z0-9+.-]*:)?\/\/)/i

/** A text without a scheme that begins like a host, as in `example.com/path`: not `mailto:a@b`, not a sentence. */
const BARE_HOST = /^\s*(?=[^\s:/?#@\\.]+(?:\.[^\s:/?#@\\.]+)+\.?(?::\d*)?(?:[/?#]|\s*$))/

const AFTER_AUTHORITY = /[/?#\\]/
const HOST = /^(\[[0-9a-f:.]+\]|[^\s"<>@[\\\]^`{|}:/?#]+)(?::\d*)?$/i

/** The keys that the text of `url.full` names (semantic conventions 1.45), matched with their case. */
const SECRET_PARAMETERS =
  /([?&](?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|AWSAccessKeyId|Signature|sig|X-Goog-Signature)=)[^&]+/g

/**
 * `full`: the text with user, password and signature parameters as `REDACTED`; every other byte as sent. `domain`: its
 * host in lower case (an IPv6 address in its `[]`), absent when there is none. Text that is no URL stays as it is.
 */
export function redactUrl(text: string): { full: string; domain?: string; changed: boolean } {
  const start = (BEFORE_AUTHORITY.exec(text) ?? BARE_HOST.exec(text))?.[0].length
  const end = start === undefined ? 0 : authorityEnd(text, start)
  const authority = text.slice(start ?? 0, end)
  const at = authority.lastIndexOf('@')
  const host = HOST.exec(authority.slice(at + 1))?.[1]?.toLowerCase()

  const redacted = at < 0 ? authority : redactUser(authority.slice(0, at)) + authority.slice(at)
  const full = text.slice(0, start ?? 0) + redacted + redactQuery(text.slice(end))
  return { full, ...(host === undefined ? {} : { domain: host }), changed: full !== text }
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
