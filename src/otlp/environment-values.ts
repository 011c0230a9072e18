import { LONGEST_TIMER_MS } from '../clock.ts'
import type { Blame, Found } from './environment-fault.ts'
import { readList } from './environment-list.ts'

/** One of some words, in any case; the first of them when the word is a fault. */
export function readWord<const T extends string>(
  { name, value }: Found,
  words: readonly [T, ...T[]],
  remedy: string,
  blame: Blame,
): T {
  const word = words.find(text => text === value.toLowerCase())
  if (word === undefined) blame(name, `${JSON.stringify(value)} is not supported`, remedy)
  return word ?? words[0]
}

/** `appended` is put behind the path. Empty when the URL is a fault; its text is never told, since a query may hold a secret. */
export function readUrl({ name, value }: Found, appended: string, blame: Blame): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    blame(name, 'it is not an http:// or https:// URL', 'Write it like http://collector:4318.')
    return ''
  }
  if (url.username || url.password) {
    blame(
      name,
      'it holds a user or password, which would not be sent',
      'Give them as an authorization header.',
    )
  }
  if (appended) url.pathname = url.pathname.replace(/\/+$/, '') + appended
  return url.href
}

/** Milliseconds above 0; NaN when it is a fault. */
export function readTimeout({ name, value }: Found, blame: Blame): number {
  const timeoutMs = /^\d+$/.test(value) ? Number(value) : 0
  if (timeoutMs > 0 && timeoutMs <= LONGEST_TIMER_MS) return timeoutMs
  blame(name, `${JSON.stringify(value)} is not a number of milliseconds above 0`, 'Write it like 10000.')
  return Number.NaN
}

/** Those that the exporter sets itself, or that concern one connection only. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
])
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Names in lower case. */
export function readHeaders(found: Found, blame: Blame): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [given, value] of readList(found, blame)) {
    const name = given.toLowerCase()
    if (!HEADER_NAME.test(name)) {
      blame(found.name, 'one name is not that of a header', 'Write it like authorization=Bearer%20TOKEN.')
    } else if (OWN_HEADERS.has(name)) {
      blame(found.name, `${name} is set by the worker itself`, 'Remove it.')
    } else if (!HEADER_VALUE.test(value)) {
      blame(found.name, `the value of ${name} has characters that no header may have`, 'Remove them.')
    } else {
      headers[name] = value
    }
  }
  return headers
}
