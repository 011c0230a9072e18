/** Copies what is said of attachments, as the rules `attached` and `attachedSizes` have it (rules/groups.ts). */
import { BARE_TEXT, BOOLEAN, INTEGER, LIST, MOST_ELEMENTS, TEXTS, WANTS } from '../layout.ts'
import {
  integerElementBytes,
  openList,
  putIntegerElement,
  putTextElement,
  textElementBytes,
} from './attributes.ts'
import { areWanted, firstOfSlot, slotOf } from './fact.ts'
import { after, areAll, inRow, lengthOf, numberOf, rowsOf } from './findings.ts'

// The compiler takes no types from other files.
type Fact = i32
type Finding = i32

export function copyAttached(fact: Fact): bool {
  const wants = load<i32>(fact, WANTS)
  const arePlain =
    areWanted(fact, firstOfSlot(fact, 0)) &&
    areAll(BARE_TEXT, firstOfSlot(fact, 1)) &&
    areAll(BOOLEAN, firstOfSlot(fact, 2)) &&
    areWanted(fact, firstOfSlot(fact, 3))
  if (!arePlain) return false
  beginAttached(fact)
  let elements = 0
  let said = 0
  let bytes = 0
  while (nextAttached()) {
    elements++
    if (attached !== 0) said++
    bytes +=
      wants === INTEGER
        ? integerElementBytes(attached === 0 ? 0 : numberOf(attached))
        : textElementBytes(attached)
  }
  if (said === 0) return true
  // What stands in place of a size that is not known is no plain number.
  if (wants === INTEGER && said < elements) return false
  if (elements > load<i32>(fact, MOST_ELEMENTS) || !openList(fact, bytes)) return false
  beginAttached(fact)
  while (nextAttached()) {
    if (wants === INTEGER) putIntegerElement(numberOf(attached))
    else putTextElement(attached)
  }
  return true
}

/** The value of the attachment that `nextAttached` has come to, 0 for none; and what it goes on with. */
let attached: Finding = 0
let row: i32 = 0
let rows: i32 = 0
let value: Finding = 0
let disposition: Finding = 0
let virtual: Finding = 0
let other: Finding = 0

function beginAttached(fact: Fact): void {
  row = 0
  rows = rowsOf(load<i32>(slotOf(fact, 0), LIST))
  value = firstOfSlot(fact, 0)
  disposition = firstOfSlot(fact, 1)
  virtual = firstOfSlot(fact, 2)
  other = firstOfSlot(fact, 3)
}

/** Goes on to the next part that is attached, or a member of an archive; false when there is none. */
function nextAttached(): bool {
  while (row < rows) {
    const ownValue = inRow(value, row)
    const ownDisposition = inRow(disposition, row)
    const ownVirtual = inRow(virtual, row)
    const ownOther = inRow(other, row)
    if (ownValue !== 0) value = after(value)
    if (ownDisposition !== 0) disposition = after(disposition)
    if (ownVirtual !== 0) virtual = after(virtual)
    if (ownOther !== 0) other = after(other)
    row++
    attached = ownValue !== 0 ? ownValue : ownOther
    if (
      (ownVirtual !== 0 && numberOf(ownVirtual) === 1) ||
      (ownDisposition !== 0 && isAttach(ownDisposition))
    )
      return true
  }
  return false
}

/** Whether the text begins with `attach` in any case. */
function isAttach(text: Finding): bool {
  const place = TEXTS + numberOf(text)
  if (lengthOf(text) < 6) return false
  const begin = load<i32>(place) | 0x20202020
  const rest = load<u16>(place + 4) | 0x2020
  return begin === ATTA && rest === CH
}

/** `atta` and `ch`, as they stand in memory. */
const ATTA: i32 = 0x61747461
const CH: i32 = 0x6863
