/** Seeded randomness: the same seed, label and index draw the same values, for ever and on every machine. */

export interface Draws {
  /** A whole number from 0 to below `limit` (at most 2^32). */
  below(limit: number): number
  /** True in `share` of all cases, 0 to 1. */
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string
  /** Characters of the base64url alphabet. */
  base64url(characters: number): string
  /** Lower-case letters and digits. */
  base36(characters: number): string
  uuid(): string
}

/** All pairs of characters of an alphabet: text is drawn two characters at a time, which is where generation spends its time. */
const pairsOf = (alphabet: string) =>
  [...alphabet].flatMap(first => [...alphabet].map(second => first + second))
const HEX = pairsOf('0123456789abcdef')
const BASE36 = pairsOf('0123456789abcdefghijklmnopqrstuvwxyz')
const BASE64URL = pairsOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const WORDS = 2 ** 32

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value | 0
}

/** A generator of 32-bit words for each index: sfc32, whose 128 bits of state no two indices share. */
function words(key: number, index: number): () => number {
  let a = key
  let b = index | 0
  let c = Math.floor(index / WORDS) | 0
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

function draws(word: () => number): Draws {
  const below = (limit: number) => Math.floor((word() / WORDS) * limit)
  const text = (pairs: readonly string[], characters: number) => {
    let result = ''
    while (result.length + 1 < characters) {
      const drawn = word()
      result += pairs[(drawn >>> 16) % pairs.length]
      if (result.length + 1 < characters) result += pairs[(drawn & 0xffff) % pairs.length]
    }
    return result.length < characters ? result + pairs[below(pairs.length)]![0] : result
  }
  const hex = (digits: number) => text(HEX, digits)
  return {
    below,
    chance: share => word() < share * WORDS,
    pick: list => list[below(list.length)]!,
    hex,
    base64url: characters => text(BASE64URL, characters),
    base36: characters => text(BASE36, characters),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  }
}

/** The draws of every index of what `label` names. */
export function randomness(seed: number, label: string): (index: number) => Draws {
  const key = hash(`${seed} ${label}`)
  return index => draws(words(key, index))
}

/** One number from 0 to below 1 for every index of what `label` names. */
export function fractions(seed: number, label: string): (index: number) => number {
  const key = hash(`${seed} ${label}`)
  return index => words(key, index)() / WORDS
}

/** The list in another order. */
export function shuffled<T>(list: readonly T[], draws: Draws): T[] {
  const result = [...list]
  for (let i = result.length - 1; i > 0; i--) {
    const j = draws.below(i + 1)
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}
