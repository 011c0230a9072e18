/** ULIDs (48 bits of time, 80 bits of digest) as Crockford base 32 text of 26 characters. */
import { hourOf } from './clock.ts'
import { codeAt } from './code-at.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODES = Buffer.from(ALPHABET)
/** By character code; what is no digit counts as 0. */
const DIGITS = new Uint8Array(128)
for (const [value, code] of CODES.entries()) DIGITS[code] = value
const TIME_DIGITS = 10

const LENGTH = 26
const characters = Buffer.alloc(LENGTH)

/** `timeMs`: 0 to 2^48 - 1. `digest`: its first ten bytes are the random part. */
export function ulid(timeMs: number, digest: Uint8Array): string {
  for (let rest = timeMs, i = TIME_DIGITS - 1; i >= 0; i--, rest = Math.floor(rest / 32))
    characters[i] = CODES[rest % 32]!
  for (let byte = 0, i = TIME_DIGITS, bits = 0, held = 0; i < LENGTH; i++) {
    if (held < 5) {
      bits = ((bits & 31) << 8) | digest[byte++]!
      held += 8
    }
    held -= 5
    characters[i] = CODES[(bits >> held) & 31]!
  }
  return characters.toString('latin1')
}

const digitAt = (text: string, at: number): number => DIGITS[codeAt(text, at)] ?? 0

/** The time inside a ULID, ms since 1970. */
export function ulidTime(text: string): number {
  let time = 0
  for (let i = 0; i < TIME_DIGITS; i++) time = time * 32 + digitAt(text, i)
  return time
}

/** The hour that a record belongs to (ms since 1970): of the time inside its uid, or of its receipt if it has none. */
export const hourOfRecord = (uid: string, observedAt: number): number => hourOf(ulidTime(uid) || observedAt)

const DIGEST_BYTES = 10

/** The ten digest bytes inside each of the ULIDs, one after the other. */
export function ulidDigests(texts: readonly string[]): Buffer {
  const digests = Buffer.allocUnsafe(DIGEST_BYTES * texts.length)
  let end = 0
  for (const text of texts) {
    for (let at = TIME_DIGITS, bits = 0, held = 0; at < LENGTH; at++) {
      bits = (bits << 5) | digitAt(text, at)
      held += 5
      if (held < 8) continue
      held -= 8
      digests[end++] = bits >> held
      bits &= (1 << held) - 1
    }
  }
  return digests
}

/** The ten digest bytes inside a ULID. */
export const ulidDigest = (text: string): Buffer => ulidDigests([text])
