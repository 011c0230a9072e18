/** AnyValue and KeyValue (opentelemetry-proto, common/v1/common.proto). */
import {
  close,
  MOST_UNIT_BYTES,
  MOST_VARINT_BYTES,
  type Output,
  putBytes,
  putDouble,
  putInt64,
  putOpening,
  putUtf8,
  reserve,
  varintSize,
} from './output.ts'

/** Tags: the field's number in the message, and its wire type. */
const STRING_VALUE = 0x0a
const BOOL_VALUE = 0x10
const INT_VALUE = 0x18
const DOUBLE_VALUE = 0x21
const ARRAY_VALUE = 0x2a
const KVLIST_VALUE = 0x32
const BYTES_VALUE = 0x3a
const VALUES = 0x0a
const KEY = 0x0a
const VALUE = 0x12

/** The tags, lengths and number that a value or a key may take beside its own bytes. */
const ROOM = 5 * MOST_VARINT_BYTES

const INT64_MIN = -(2 ** 63)
const INT64_END = 2 ** 63

/** The key field of a KeyValue, ready to be copied. */
export type EncodedKey = Uint8Array & { readonly [encoded]: true }
declare const encoded: unique symbol

const keys = new Map<string, EncodedKey>()
/** More than all attributes; the keys of a body's maps are not bounded. */
const MOST_KEYS = 4_096
const LONGEST_KEPT_KEY = 256

/** The key as it is written in front of a value. Those in use are encoded once. */
export function encodedKey(name: string): EncodedKey {
  const known = keys.get(name)
  if (known) return known
  const utf8 = Buffer.from(name)
  const out = { bytes: Buffer.allocUnsafeSlow(utf8.length + 1 + MOST_VARINT_BYTES), at: 0 }
  putOpening(out, KEY, utf8.length)
  putBytes(out, utf8)
  const key = out.bytes.subarray(0, out.at) as Uint8Array as EncodedKey
  if (name.length > LONGEST_KEPT_KEY) return key
  // Begun afresh, so that the keys in use soon stand in it again, whatever came between.
  if (keys.size >= MOST_KEYS) keys.clear()
  keys.set(name, key)
  return key
}

/** Writes a string field, the field of `tag`. */
export function writeString(out: Output, tag: number, text: string): void {
  const { length } = text
  reserve(out, ROOM + MOST_UNIT_BYTES * length)
  const start = putOpening(out, tag, length)
  putUtf8(out, text, length)
  close(out, start, length)
}

/** Writes a whole number of at most 64 bits, the field of `tag`. */
export function writeInt(out: Output, tag: number, value: number): void {
  reserve(out, ROOM)
  out.bytes[out.at++] = tag
  putInt64(out, value)
}

/** Writes a KeyValue, the field of `tag`. What OTLP has no type for is an empty value. */
export function writeKeyValue(out: Output, tag: number, key: EncodedKey, value: unknown): void {
  const textLength = typeof value === 'string' ? value.length : 0
  reserve(out, ROOM + key.length + MOST_UNIT_BYTES * textLength)
  const length = expectedLength(value, textLength)
  const expected = key.length + 1 + varintSize(length) + length
  const start = putOpening(out, tag, expected)
  putKey(out, key)
  const valueStart = putOpening(out, VALUE, length)
  if (typeof value === 'string') putText(out, value, textLength)
  else writeContent(out, value)
  close(out, valueStart, length)
  close(out, start, expected)
}

/** Short as they are, a loop is faster than a call. */
function putKey(out: Output, key: EncodedKey): void {
  const { bytes, at } = out
  const { length } = key
  for (let i = 0; i < length; i++) bytes[at + i] = key[i]!
  out.at = at + length
}

/** Writes a KeyValue for each member of the map, all fields of `tag`. */
export function writeKeyValues(out: Output, tag: number, map: Readonly<Record<string, unknown>>): void {
  // Four times as fast as with the entries, for the hash tables that large objects are (measured).
  for (const name of Object.keys(map)) writeKeyValue(out, tag, encodedKey(name), map[name])
}

/** Writes an AnyValue, the field of `tag`. What OTLP has no type for is an empty value. */
export function writeAnyValue(out: Output, tag: number, value: unknown): void {
  const textLength = typeof value === 'string' ? value.length : 0
  reserve(out, ROOM + MOST_UNIT_BYTES * textLength)
  const length = expectedLength(value, textLength)
  const start = putOpening(out, tag, length)
  if (typeof value === 'string') putText(out, value, textLength)
  else writeContent(out, value)
  close(out, start, length)
}

/**
 * Writes a text as an AnyValue, the field of `tag`, from its UTF-8 without the bytes in `cuts` (from, up to but without to,
 * and again, in order).
 */
export function writeUtf8Value(out: Output, tag: number, utf8: Buffer, cuts: ArrayLike<number>): void {
  let length = utf8.length
  for (let i = 0; i < cuts.length; i += 2) length -= cuts[i + 1]! - cuts[i]!
  reserve(out, ROOM + length)
  putOpening(out, tag, 1 + varintSize(length) + length)
  putOpening(out, STRING_VALUE, length)
  for (let i = 0, from = 0; i <= cuts.length; i += 2) {
    out.at += utf8.copy(out.bytes, out.at, from, cuts[i])
    from = cuts[i + 1] ?? 0
  }
}

/**
 * The length of what `writeContent` or `putText` writes: exact for numbers, booleans and texts in ASCII. `textLength`: of a
 * text, which is looked up once, since strings have more forms in memory than the compiler keeps in mind (measured).
 */
function expectedLength(value: unknown, textLength: number): number {
  switch (typeof value) {
    case 'string':
      return 1 + varintSize(textLength) + textLength
    case 'number':
      return isInt64(value) ? 1 + (value < 0 ? MOST_VARINT_BYTES : varintSize(value)) : 9
    case 'boolean':
      return 2
    default:
      return 0
  }
}

function putText(out: Output, text: string, length: number): void {
  const start = putOpening(out, STRING_VALUE, length)
  putUtf8(out, text, length)
  close(out, start, length)
}

/** Of any value but a text. */
function writeContent(out: Output, value: unknown): void {
  if (typeof value === 'boolean') writeInt(out, BOOL_VALUE, Number(value))
  else if (typeof value === 'number') writeNumber(out, value)
  else if (value instanceof Uint8Array) writeBytes(out, value)
  else if (Array.isArray(value)) writeArray(out, value)
  else if (isMap(value)) writeMap(out, value)
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isInt64 = (value: number): boolean => Number.isInteger(value) && value >= INT64_MIN && value < INT64_END

function writeNumber(out: Output, value: number): void {
  if (isInt64(value)) {
    writeInt(out, INT_VALUE, value)
  } else {
    reserve(out, ROOM)
    out.bytes[out.at++] = DOUBLE_VALUE
    putDouble(out, value)
  }
}

function writeBytes(out: Output, bytes: Uint8Array): void {
  reserve(out, ROOM + bytes.length)
  putOpening(out, BYTES_VALUE, bytes.length)
  putBytes(out, bytes)
}

function writeArray(out: Output, values: readonly unknown[]): void {
  const start = putOpening(out, ARRAY_VALUE, 0)
  for (const value of values) writeAnyValue(out, VALUES, value)
  close(out, start, 0)
}

function writeMap(out: Output, map: Readonly<Record<string, unknown>>): void {
  const start = putOpening(out, KVLIST_VALUE, 0)
  writeKeyValues(out, VALUES, map)
  close(out, start, 0)
}
