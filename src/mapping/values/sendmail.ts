/** The notations of sendmail's log lines. */

/** Patterns need not take more: an attribute does not. */
const LONGEST = 4096

const DURATION = /^\s*(?:(\d+)\+)?(\d+):([0-5]\d):([0-5]\d)\s*$/

/** A duration, `[days+]HH:MM:SS`, in seconds. Undefined when it is none. */
export function seconds(text: string): number | undefined {
  const match = text.length > LONGEST ? null : DURATION.exec(text)
  if (!match) return undefined
  const [, days = '0', hours, minutes, rest] = match
  const all = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest)
  return Number.isSafeInteger(all) ? all : undefined
}

const DETAIL = /[(:]/
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/gu

/**
 * What `stat=` says in short: its text before the first `(` or `:` in snake_case, such as `sent`, `user_unknown`,
 * `cant_create_output`. Undefined when there is none.
 */
export function result(stat: string): string | undefined {
  const begin = stat.slice(0, LONGEST)
  const end = begin.search(DETAIL)
  const words = (end < 0 ? begin : begin.slice(0, end)).replaceAll("'", '').toLowerCase()
  return words.replace(BETWEEN_WORDS, '_').replace(/^_|_$/g, '') || undefined
}

const PROCESS = /\bsendmail\[(\d{1,10})\]:/

/** The process id of a log line (`sendmail[22003]:`). Undefined when it has none. */
export function pid(data: string): number | undefined {
  const digits = PROCESS.exec(data)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
