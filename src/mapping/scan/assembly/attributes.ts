/**
 * Writes attributes as OTLP has those of a record: KeyValue and AnyValue (opentelemetry-proto, common/v1/common.proto), each in the
 * field `attributes` of LogRecord (logs/v1/logs.proto).
 */
import { LOWER, UPPER_A, UPPER_Z } from '../../../ascii.ts'
import { AS, IN_LOWER_CASE, KEY, KEY_BYTES, KEY_VALUES, KEY_VALUES_BYTES, TEXTS } from '../layout.ts'
import { lengthOf, numberOf } from './findings.ts'

// The compiler takes no types from other files.
type Fact = i32
type Finding = i32

/** Tags: the field's number in the message, and its wire type. */
const ATTRIBUTES: i32 = 0x32
const VALUE: i32 = 0x12
const STRING_VALUE: i32 = 0x0a
const BOOL_VALUE: i32 = 0x10
const INT_VALUE: i32 = 0x18
const ARRAY_VALUE: i32 = 0x2a
const VALUES: i32 = 0x0a

/** What the tags, lengths and number of an attribute may take beside its key and the texts in it. */
const ROOM: i32 = 64

/** Where the next byte goes. */
let at: i32 = KEY_VALUES
let inLowerCase: bool = false

export function beginAttributes(): void {
  at = KEY_VALUES
}

/** How many bytes are written. */
export function attributeBytes(): i32 {
  return at - KEY_VALUES
}

// What follows and returns a bool says false when there was no room: then nothing is written.

/** `from`: its place in memory. */
export function putTextAttribute(fact: Fact, from: i32, length: i32): bool {
  if (!open(fact, 1 + varintSize(length) + length)) return false
  putText(from, length)
  return true
}

export function putInteger(fact: Fact, value: i64): bool {
  return putNumber(fact, INT_VALUE, value)
}

export function putBoolean(fact: Fact, value: bool): bool {
  return putNumber(fact, BOOL_VALUE, <i64>value)
}

function putNumber(fact: Fact, tag: i32, value: i64): bool {
  if (!open(fact, 1 + varintSize(value))) return false
  putByte(tag)
  putVarint(value)
  return true
}

/** Begins a list whose elements have so many bytes; each has to be put. */
export function openList(fact: Fact, bytes: i32): bool {
  if (!open(fact, 1 + varintSize(bytes) + bytes)) return false
  putByte(ARRAY_VALUE)
  putVarint(bytes)
  return true
}

export function textElementBytes(finding: Finding): i32 {
  const length = finding === 0 ? 0 : lengthOf(finding)
  return elementBytes(1 + varintSize(length) + length)
}

/** No finding is an empty text. */
export function putTextElement(finding: Finding): void {
  const length = finding === 0 ? 0 : lengthOf(finding)
  putByte(VALUES)
  putVarint(1 + varintSize(length) + length)
  if (finding !== 0) putText(TEXTS + numberOf(finding), length)
  else {
    putByte(STRING_VALUE)
    putByte(0)
  }
}

export function integerElementBytes(value: i32): i32 {
  return elementBytes(1 + varintSize(value))
}

export function putIntegerElement(value: i32): void {
  putByte(VALUES)
  putVarint(1 + varintSize(value))
  putByte(INT_VALUE)
  putVarint(value)
}

function elementBytes(value: i32): i32 {
  return 1 + varintSize(value) + value
}

/** Begins the attribute, whose value has so many bytes. */
function open(fact: Fact, value: i32): bool {
  const length = load<i32>(fact, KEY_BYTES)
  if (at + ROOM + length + value > KEY_VALUES + KEY_VALUES_BYTES) return false
  inLowerCase = load<i32>(fact, AS) === IN_LOWER_CASE
  putByte(ATTRIBUTES)
  putVarint(length + 1 + varintSize(value) + value)
  putBytes(load<i32>(fact, KEY), length, false)
  putByte(VALUE)
  putVarint(value)
  return true
}

function putText(from: i32, length: i32): void {
  putByte(STRING_VALUE)
  putVarint(length)
  putBytes(from, length, inLowerCase)
}

/** Sixteen bytes at a time; what is written too much is written over, or lies behind the end. */
function putBytes(from: i32, length: i32, isLowered: bool): void {
  for (let i = 0; i < length; i += 16) {
    const bytes = v128.load(from + i)
    v128.store(at + i, isLowered ? lowerCase(bytes) : bytes)
  }
  at += length
}

function lowerCase(bytes: v128): v128 {
  const isUpper = v128.and(
    i8x16.ge_s(bytes, i8x16.splat(<i8>UPPER_A)),
    i8x16.le_s(bytes, i8x16.splat(<i8>UPPER_Z)),
  )
  return v128.or(bytes, v128.and(isUpper, i8x16.splat(<i8>LOWER)))
}

function putByte(byte: i32): void {
  store<u8>(at, <u8>byte)
  at++
}

/** Of a value that is not negative. */
function putVarint(value: i64): void {
  let rest = value
  while (rest > 127) {
    putByte((<i32>rest & 127) | 128)
    rest >>= 7
  }
  putByte(<i32>rest)
}

function varintSize(value: i64): i32 {
  let size = 1
  for (let rest = value >> 7; rest > 0; rest >>= 7) size++
  return size
}
