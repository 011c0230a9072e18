/**
 * `JSON.parse` without a fault of V8 (nodejs/node#63785, in Node 24 and 26): it can take a key with escapes for another one,
 * which begins as this one is spelt, when that one stood in the same place of any object before. So an event could decide how
 * later ones are read.
 */
import { CLOSE_OBJECT, COLON, OPEN_OBJECT, QUOTE } from '../../ascii.ts'
import { skipBlank, stringEnd } from './json-text.ts'

/** Made of brackets alone, such a text takes 100 MB to be read so. */
const MOST_CHARACTERS = 256 * 1024

/** Throws as `JSON.parse`. Of a text over 256 Ki characters a key with escapes may still be taken for another one. */
export function parseJson(json: string): unknown {
  const value: unknown = JSON.parse(json)
  return json.length <= MOST_CHARACTERS && hasEscapedKey(json)
    ? withObjects(JSON.parse(withoutKeys(json)))
    : value
}

function hasEscapedKey(json: string): boolean {
  if (!json.includes('\\')) return false
  for (let i = json.indexOf('"'); i >= 0; ) {
    const end = stringEnd(json, i)
    const isKey = json.charCodeAt(skipBlank(json, end)) === COLON
    if (isKey && json.slice(i, end).includes('\\')) return true
    i = json.indexOf('"', end)
  }
  return false
}

/** Each object as one of which the only member is a list, of a key, its value, the next key and so on. */
function withoutKeys(json: string): string {
  let written = ''
  let copied = 0
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === QUOTE) i = stringEnd(json, i) - 1
    const instead = insteadOf(code)
    if (instead === undefined) continue
    written += json.slice(copied, i) + instead
    copied = i + 1
  }
  return written + json.slice(copied)
}

function insteadOf(code: number): string | undefined {
  switch (code) {
    case OPEN_OBJECT:
      return '{"":['
    case CLOSE_OBJECT:
      return ']}'
    case COLON:
      return ','
    default:
      return undefined
  }
}

/** Takes back what `withoutKeys` did; without recursion, since any depth can come. */
function withObjects(value: unknown): unknown {
  const whole = [value]
  const lists: unknown[][] = [whole]
  for (const list of lists)
    for (const child of list) {
      const inside = membersOf(child) ?? child
      if (Array.isArray(inside)) lists.push(inside)
    }
  for (const list of lists.reverse())
    for (const [i, child] of list.entries()) {
      const members = membersOf(child)
      if (members) list[i] = Object.fromEntries(pairs(members))
    }
  return whole[0]
}

const membersOf = (value: unknown): unknown[] | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { '': unknown[] })['']
    : undefined

function* pairs(members: readonly unknown[]): Generator<[string, unknown]> {
  for (let i = 0; i < members.length; i += 2) yield [members[i] as string, members[i + 1]]
}
