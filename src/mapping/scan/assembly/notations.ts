/** Texts in the one notation that their rules leave as it is; others may be right as well. */
import {
  BLANK,
  CLOSE_LIST,
  COLON,
  COMMA,
  LOWER_A,
  LOWER_Z,
  MINUS,
  NINE,
  OPEN_LIST,
  POINT,
  QUOTE,
  ZERO,
} from '../../../ascii.ts'

const OPEN_ROUND: i32 = 0x28
const CLOSE_ROUND: i32 = 0x29
const SEMICOLON: i32 = 0x3b
const LESS: i32 = 0x3c
const MORE: i32 = 0x3e
const AT: i32 = 0x40

/** What `NORMALISED` takes (values/address.ts). */
export function isMailAddress(from: i32, to: i32): bool {
  let i = from
  while (i < to && isOfLocalPart(load<u8>(i))) i++
  if (i === from || i + 1 >= to || load<u8>(i) !== AT) return false
  for (i++; i < to; i++) if (!isOfDomain(load<u8>(i))) return false
  return true
}

function isOfLocalPart(byte: i32): bool {
  if (byte <= BLANK) return false
  if (byte === QUOTE || byte === OPEN_ROUND || byte === CLOSE_ROUND || byte === COMMA) return false
  if (byte === COLON || byte === SEMICOLON || byte === LESS || byte === MORE || byte === AT) return false
  return byte < OPEN_LIST || byte > CLOSE_LIST
}

function isOfDomain(byte: i32): bool {
  return isDigit(byte) || (byte >= LOWER_A && byte <= LOWER_Z) || byte === POINT || byte === MINUS
}

function isDigit(byte: i32): bool {
  return byte >= ZERO && byte <= NINE
}

/** Four numbers up to 255 without zeros in front. */
export function isIpv4(from: i32, to: i32): bool {
  let i = from
  for (let part = 0; part < 4; part++) {
    if (part > 0) {
      if (i >= to || load<u8>(i) !== POINT) return false
      i++
    }
    const begin = i
    let value = 0
    while (i < to && i - begin < 4 && isDigit(load<u8>(i))) value = value * 10 + load<u8>(i++) - ZERO
    const digits = i - begin
    if (digits === 0 || value > 255 || (digits > 1 && load<u8>(begin) === ZERO)) return false
  }
  return i === to
}
