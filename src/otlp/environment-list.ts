import type { Blame, Found } from './environment-fault.ts'

/**
 * Reads `name=value,name=value` with percent-encoded parts, the W3C Baggage form without its properties. Faults tell the
 * place of a pair, not its text: it may be a secret.
 */
export function readList({ name, value: list }: Found, blame: Blame): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (const [index, entry] of list.split(',').entries()) {
    if (entry.trim() === '') continue
    const [, left = '', right = ''] = /^([^=]*)=(.*)$/s.exec(entry) ?? []
    const key = decode(left)
    const value = decode(right)
    if (!key)
      blame(name, `pair ${index + 1} is not of the form name=value`, 'Write commas inside a value as %2C.')
    else if (value === undefined) blame(name, `the value of ${key} is not percent-encoded`, 'Write % as %25.')
    else pairs.push([key, value])
  }
  return pairs
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return undefined
  }
}
