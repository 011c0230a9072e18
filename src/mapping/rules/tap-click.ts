/** The URL of a click, without what would let others use it. */
import { redactUrl } from '../values/url.ts'
import { valueRule } from './rule.ts'

export const redactedUrl = valueRule('credentials and signature parameters as `REDACTED`', 'text', value =>
  value.trim() === '' ? undefined : redactUrl(value).full,
)
export const urlDomain = valueRule('host, lower case', 'text', value => redactUrl(value).domain)
export const originalUrl = valueRule('as sent, when it differs from url.full', 'text', value =>
  redactUrl(value).changed ? value : undefined,
)
