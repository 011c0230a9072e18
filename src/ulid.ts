/** ULIDs (48 bits of time, 80 bits of digest) as Crockford base 32 text of 26 characters. */
import { hourOf } from './clock.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODES = Buffer.from(ALPHABET)
const DIGIT = new Map([...ALPHABET].map((character, value) => [character, value]))
const TIME_DIGITS = 10

const characters = Buffer.alloc(26)

/** `timeMs`: 0 to 2^48 - 1. `digest`: its first ten bytes are the random part. */
export function ulid(timeMs: number, digest: Uint8Array): string {
  for (let rest = timeMs, i = TIME_DIGITS - 1; i >= 0; i--, rest = Math.floor(rest / 32))
    characters[i] = CODES[rest % 32]!
  for (let byte = 0, i = TIME_DIGITS, bits = 0, held = 0; i < characters.length; i++) {
    if (held < 5) {
      bits = ((bits & 31) << 8) | digest[byte++]!
      held += 8
    }
    held -= 5
    characters[i] = CODES[(bits >> held) & 31]!
  }
  return characters.toString('latin1')
}

/** The time inside a ULID, ms since 1970. */
export function ulidTime(text: string): number {
  let time = 0
  for (let i = 0; i < TIME_DIGITS; i++) time = time * 32 + (DIGIT.get(text[i] ?? '') ?? 0)
  return time
}

/** The hour that a record belongs to (ms since 1970): of the time inside its uid, or of its receipt if it has none. */
export const hourOfRecord = (uid: string, observedAt: number): number => hourOf(ulidTime(uid) || observedAt)

/** The ten digest bytes inside a ULID. */
export function ulidDigest(text: string): Buffer {
  const digest = Buffer.allocUnsafe(10)
  for (let i = 0, bits = 0, held = 0, at = TIME_DIGITS; i < digest.length; at++) {
    bits = (bits << 5) | (DIGIT.get(text[at] ?? '') ?? 0)
    held += 5
    if (held < 8) continue
    held -= 8
    digest[i++] = bits >> held
    bits &= (1 << held) - 1
  }
  return digest
}
