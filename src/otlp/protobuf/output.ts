/** The protobuf wire format, written front to back (protobuf.dev/programming-guides/encoding). */

import { codeAt } from '../../code-at.ts'

/**
 * Bytes in the making: those before `at` are written. Functions that begin with `put` write without looking for room, which
 * their caller has to reserve; a write outside of the buffer would be lost.
 */
export interface Output {
  bytes: Buffer
  at: number
}

/** The most that a varint takes: ten times seven bits. */
export const MOST_VARINT_BYTES = 10

const FIRST_BYTES = 64 * 1024

export const createOutput = (firstBytes = FIRST_BYTES): Output => ({
  bytes: Buffer.allocUnsafeSlow(firstBytes),
  at: 0,
})

/** Makes room for `size` more bytes. What was written may lie in another buffer afterwards. */
export function reserve(out: Output, size: number): void {
  const needed = out.at + size
  if (needed <= out.bytes.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * out.bytes.length))
  out.bytes.copy(larger, 0, 0, out.at)
  out.bytes = larger
}

/**
 * Begins a length-delimited field whose content is believed to have `expected` bytes; gives the place where it begins.
 * `tag` is the field's number and wire type in one byte: fields above 15 are not in use here.
 */
export function putOpening(out: Output, tag: number, expected: number): number {
  out.bytes[out.at++] = tag
  putLength(out, expected)
  return out.at
}

/**
 * Ends it where the output stands now. A length that came as expected costs nothing; another is written over the first, and
 * only if it takes more or fewer bytes is the content moved. So each length is the shortest varint, as others write it.
 */
export function close(out: Output, start: number, expected: number): void {
  const length = out.at - start
  if (length === expected) return
  const before = varintSize(expected)
  const shift = varintSize(length) - before
  if (shift !== 0) {
    reserve(out, shift)
    out.bytes.copyWithin(start + shift, start, out.at)
  }
  out.at = start - before
  putLength(out, length)
  out.at += length
}

/** Bytes that a varint takes. `value`: a whole number from 0 to 2^63. */
export function varintSize(value: number): number {
  let size = 1
  for (let end = 128; value >= end; end *= 128) size++
  return size
}

/** `value`: a whole number from 0 to 2^31 - 1. */
function putLength(out: Output, value: number): void {
  let rest = value
  while (rest > 127) {
    out.bytes[out.at++] = (rest & 127) | 128
    rest >>>= 7
  }
  out.bytes[out.at++] = rest
}

/** `value`: any int64 that a JavaScript number can hold; negative ones take ten bytes. */
export function putInt64(out: Output, value: number): void {
  if (value >= 0) {
    // Dividing a number by a power of two loses none of its bits.
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) out.bytes[out.at++] = (rest % 128) | 128
    out.bytes[out.at++] = rest
    return
  }
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    out.bytes[out.at++] = Number(rest & 127n) | 128
    rest >>= 7n
  }
  out.bytes[out.at++] = Number(rest)
}

/** `high` and `low`: the halves of a uint64. */
export function putFixed64(out: Output, high: number, low: number): void {
  out.at = out.bytes.writeUInt32LE(low, out.at)
  out.at = out.bytes.writeUInt32LE(high, out.at)
}

export function putDouble(out: Output, value: number): void {
  out.at = out.bytes.writeDoubleLE(value, out.at)
}

export function putBytes(out: Output, bytes: Uint8Array): void {
  out.bytes.set(bytes, out.at)
  out.at += bytes.length
}

/** So many bytes of UTF-8 a UTF-16 code unit takes at most. */
export const MOST_UNIT_BYTES = 3

/** Longer texts are written faster by a call out of JavaScript (measured). */
const SHORT_TEXT = 16

/** UTF-8; lone surrogates as U+FFFD. `length`: of the text. */
export function putUtf8(out: Output, text: string, length: number): void {
  if (length < SHORT_TEXT && putAscii(out, text, length)) return
  out.at += out.bytes.write(text, out.at)
}

/** False, and nothing is written, if the text is not all ASCII. */
function putAscii(out: Output, text: string, length: number): boolean {
  const { bytes, at } = out
  for (let i = 0; i < length; i++) {
    const code = codeAt(text, i)
    if (code > 127) return false
    bytes[at + i] = code
  }
  out.at = at + length
  return true
}
