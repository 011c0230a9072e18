/** What is found in a text, and the texts among it: written down for who asks for a slot, or is told (layout.ts). */
import { BACKSLASH, QUOTE, SLASH } from '../../../ascii.ts'
import {
  FINDING_BYTES,
  FINDING_FIRST,
  FINDING_NEXT,
  FINDING_NODE,
  FINDING_SECOND,
  FINDING_THIRD,
  FINDINGS,
  FIRST_FINDING,
  FOUND_IN,
  LAST_FINDING,
  NONE,
  NOT_PLAIN,
  ROWS,
  ROWS_IN,
  SCAN,
  SLOT,
  TEXT_BYTES,
  TEXTS,
  TOLD,
} from '../layout.ts'
import { numberOfNode } from './nodes.ts'

let scan: i64 = 0
let end: i32 = FINDINGS
let told: i32 = TOLD
let texts: i32 = TEXTS

/** Begins with another text. */
export function beginFindings(): void {
  end = FINDINGS
  told = TOLD
  texts = TEXTS
  scan++
  store<i64>(0, scan, SCAN)
}

/** How many there are to tell; `NOT_PLAIN` when there was no room for all. */
export function endFindings(): i32 {
  store<i32>(0, textBytes(), TEXT_BYTES)
  return end < TOLD ? (told - TOLD) / 4 : NOT_PLAIN
}

/** Returns the place of the finding. */
function note(what: i32, node: i32, first: i32, second: i32, third: i32): i32 {
  const at = end
  // With no room left, `endFindings` says so; until then what is written goes into the last one.
  if (at >= TOLD) return at - FINDING_BYTES
  store<i32>(at, what)
  store<i32>(at, numberOfNode(node), FINDING_NODE)
  store<i32>(at, first, FINDING_FIRST)
  store<i32>(at, second, FINDING_SECOND)
  store<i32>(at, third, FINDING_THIRD)
  store<i32>(at, 0, FINDING_NEXT)
  end = at + FINDING_BYTES
  return at
}

/** To be told. */
export function tell(what: i32, node: i32, first: i32, second: i32, third: i32): void {
  addTold(note(what, node, first, second, third))
}

function addTold(at: i32): void {
  if (end >= TOLD) return
  store<i32>(told, at)
  told += 4
}

/** A value: to be told as well when it does not fit. */
export function noteValue(what: i32, node: i32, first: i32, second: i32, row: i32, fits: bool): void {
  const at = note(what, node, first, second, row)
  if (!fits) addTold(at)
  keep(node, at)
}

function keep(node: i32, at: i32): void {
  const slot = load<i32>(node, SLOT)
  if (slot === 0) return
  if (isFound(slot)) store<i32>(load<i32>(slot, LAST_FINDING), at, FINDING_NEXT)
  else {
    store<i64>(slot, scan, FOUND_IN)
    store<i32>(slot, at, FIRST_FINDING)
  }
  store<i32>(slot, at, LAST_FINDING)
}

/** Whether the slot has something of this text. */
export function isFound(slot: i32): bool {
  return load<i64>(slot, FOUND_IN) === scan
}

/** So many more elements of the list that the slot counts. */
export function addCount(slot: i32, elements: i32): void {
  const before = isFound(slot) ? load<i32>(slot, FIRST_FINDING) : 0
  store<i64>(slot, scan, FOUND_IN)
  store<i32>(slot, before + elements, FIRST_FINDING)
}

/** How many of these elements there were in this text. */
export function rowsOf(elements: i32): i32 {
  return load<i64>(elements, ROWS_IN) === scan ? load<i32>(elements, ROWS) : 0
}

export function setRows(elements: i32, rows: i32): void {
  store<i64>(elements, scan, ROWS_IN)
  store<i32>(elements, rows, ROWS)
}

/** The first finding of the slot, 0 for none. */
export function firstOf(slot: i32): i32 {
  return isFound(slot) ? load<i32>(slot, FIRST_FINDING) : 0
}

/** The next finding of the same slot, 0 for none. */
export function after(finding: i32): i32 {
  return load<i32>(finding, FINDING_NEXT)
}

/** The number or the truth that was found; of a text its place among the texts. */
export function numberOf(finding: i32): i32 {
  return load<i32>(finding, FINDING_FIRST)
}

/** Of a text. */
export function lengthOf(finding: i32): i32 {
  return load<i32>(finding, FINDING_SECOND) - load<i32>(finding, FINDING_FIRST)
}

export function rowOf(finding: i32): i32 {
  return load<i32>(finding, FINDING_THIRD)
}

/** The finding itself where it is of this row, else 0. */
export function inRow(finding: i32, row: i32): i32 {
  return finding !== 0 && rowOf(finding) === row ? finding : 0
}

/** Whether all findings from this one on are what is wanted. */
export function areAll(what: i32, first: i32): bool {
  for (let finding = first; finding !== 0; finding = after(finding))
    if (load<i32>(finding) !== what) return false
  return true
}

/** Copies a text to where the others are, and returns its place there; together they are no longer than the whole. */
export function copyText(from: i32, to: i32): i32 {
  const place = textBytes()
  const length = to - from
  for (let i = 0; i < length; i += 16) v128.store(texts + i, v128.load(from + i))
  texts += length
  return place
}

/** The same for one with escapes, as it reads; nothing, and `NONE`, when one of them is no `\"`, `\\` or `\/`. */
export function copyUnescaped(from: i32, to: i32): i32 {
  let at = texts
  for (let i = from; i < to; i++) {
    if (load<u8>(i) === BACKSLASH) {
      i++
      const byte = load<u8>(i)
      if (byte !== QUOTE && byte !== BACKSLASH && byte !== SLASH) return NONE
    }
    store<u8>(at, load<u8>(i))
    at++
  }
  const place = textBytes()
  texts = at
  return place
}

/** How many bytes the texts have that were copied so far. */
export function textBytes(): i32 {
  return texts - TEXTS
}
