/** Takes secrets out of a text. */
export type Redact = (text: string) => string

const LONGEST_REASON = 200
/** Shorter pieces are words like `Basic`, and hiding them would only make reasons unreadable. */
const SHORTEST_SECRET = 8

/** One line of at most 200 characters, without control or direction characters, fit for a log. */
export function reasonText(text: string, redact: Redact = same): string {
  const line = redact(text)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON - 1).trimEnd()}…` : line
}

const same: Redact = text => text

/** Hides header values and their parts, should a server repeat them in what it says. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Redact {
  const secrets = Object.values(headers)
    .flatMap(value => [value, ...value.split(/\s+/)])
    .filter(secret => secret.length >= SHORTEST_SECRET)
  return text => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
}
