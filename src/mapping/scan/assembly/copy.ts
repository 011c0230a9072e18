/**
 * Copies the facts whose values are plain from what was found to the attributes of a record. What a rule would make of them is said
 * by `Copying` (rules/rule.ts); where any value is not plain, the rule has to be asked.
 */
import {
  ALIGNED,
  ANY,
  ANY_TEXT,
  ASKED,
  ASKED_COUNT,
  ATTACHED,
  BARE_TEXT,
  BEFORE,
  BOOLEAN,
  COPIED,
  COPIED_BYTES,
  COUNT,
  EACH,
  EACH_ONCE,
  FACT_BYTES,
  FINAL,
  FINDING_FIRST,
  FINDING_NEXT,
  FINDING_SECOND,
  FINDING_THIRD,
  FIRST_FINDING,
  HOW,
  INTEGER,
  LIST,
  MAIL_ADDRESS,
  MOST_ELEMENTS,
  NOT,
  ONLY,
  SLOT_COUNT,
  SLOTS,
  STACKED,
  TEXTS,
  WANTS,
} from '../layout.ts'
import {
  attributeBytes,
  beginAttributes,
  integerElementBytes,
  openList,
  putBoolean,
  putInteger,
  putIntegerElement,
  putTextAttribute,
  putTextElement,
  textElementBytes,
} from './attributes.ts'
import { isSaid, rowsOf } from './findings.ts'
import { isIpv4, isMailAddress } from './notations.ts'

// The compiler takes no types from other files.
type Fact = i32
type Slot = i32
type Finding = i32

/** Copies so many facts of the text that was scanned last. */
export function copyFacts(facts: i32, count: i32): void {
  let asked = ASKED
  beginAttributes()
  for (let i = 0; i < count; i++) {
    const fact = facts + i * FACT_BYTES
    const before = load<i32>(fact, BEFORE)
    const isSaidBefore = before >= 0 && load<i32>(COPIED + 4 * before) === 1
    const bytes = attributeBytes()
    const isCopied = isSaidBefore || copyFact(fact)
    store<i32>(COPIED + 4 * i, isSaidBefore || attributeBytes() > bytes ? 1 : 0)
    if (isCopied) continue
    store<i32>(asked, i)
    store<i32>(asked + 4, bytes)
    asked += 8
  }
  store<i32>(0, (asked - ASKED) / 8, ASKED_COUNT)
  store<i32>(0, attributeBytes(), COPIED_BYTES)
}

/** False when the rule has to be asked: then nothing was written. */
function copyFact(fact: Fact): bool {
  switch (load<i32>(fact, HOW)) {
    case NOT:
      return false
    case STACKED:
      return hasOneList(fact) && copyColumn(fact, slotOf(fact, 0), true)
    case FINAL:
      return copyFinal(fact)
    case ATTACHED:
      return copyAttached(fact)
    default:
      return copyFirstSaid(fact)
  }
}

function slotOf(fact: Fact, i: i32): Slot {
  return load<i32>(load<i32>(fact, SLOTS) + 4 * i)
}

function firstOf(slot: Slot): Finding {
  return isSaid(slot) ? load<i32>(slot, FIRST_FINDING) : 0
}

/** Of a slot that the rule need not take. */
function firstOfSlot(fact: Fact, i: i32): Finding {
  return i < load<i32>(fact, SLOT_COUNT) ? firstOf(slotOf(fact, i)) : 0
}

function after(finding: Finding): Finding {
  return load<i32>(finding, FINDING_NEXT)
}

function numberOf(finding: Finding): i32 {
  return load<i32>(finding, FINDING_FIRST)
}

/** The finding itself where it is of this row, else 0. */
function inRow(finding: Finding, row: i32): Finding {
  return finding !== 0 && load<i32>(finding, FINDING_THIRD) === row ? finding : 0
}

/** Whether all findings from this one on are what is wanted. */
function areAll(what: i32, first: Finding): bool {
  for (let finding = first; finding !== 0; finding = after(finding))
    if (load<i32>(finding) !== what) return false
  return true
}

function copyFirstSaid(fact: Fact): bool {
  const count = load<i32>(fact, SLOT_COUNT)
  for (let i = 0; i < count; i++) if (isSaid(slotOf(fact, i))) return copySlot(fact, slotOf(fact, i))
  return true
}

function copySlot(fact: Fact, slot: Slot): bool {
  switch (load<i32>(fact, HOW)) {
    case EACH:
      return copyColumn(fact, slot, false)
    case EACH_ONCE:
      return areDifferent(firstOf(slot)) && copyColumn(fact, slot, false)
    case ALIGNED:
      return copyColumn(fact, slot, true)
    case ANY:
      return copyAny(fact, firstOf(slot))
    default:
      return load<i32>(fact, WANTS) === COUNT
        ? putInteger(fact, load<i32>(slot, FIRST_FINDING))
        : copyOne(fact, firstOf(slot))
  }
}

function copyOne(fact: Fact, finding: Finding): bool {
  const wants = load<i32>(fact, WANTS)
  if (load<i32>(finding) !== wants) return false
  if (wants === BARE_TEXT) return isTaken(fact, finding) && putTextAttribute(fact, finding)
  return wants === BOOLEAN ? putBoolean(fact, numberOf(finding) === 1) : putInteger(fact, numberOf(finding))
}

function copyAny(fact: Fact, first: Finding): bool {
  if (!areAll(BOOLEAN, first)) return false
  return putBoolean(fact, rowOfTrue(first) >= 0)
}

/** The first row that is true; -1 for none. */
function rowOfTrue(first: Finding): i32 {
  for (let finding = first; finding !== 0; finding = after(finding))
    if (numberOf(finding) === 1) return load<i32>(finding, FINDING_THIRD)
  return -1
}

/** `isAligned`: with an empty text for each row without a value. */
function copyColumn(fact: Fact, slot: Slot, isAligned: bool): bool {
  const first = firstOf(slot)
  if (first === 0) return true
  if (!areAll(BARE_TEXT, first)) return false
  let elements = 0
  let bytes = 0
  for (let finding = first; finding !== 0; finding = after(finding)) {
    if (!isTaken(fact, finding)) return false
    elements++
    bytes += textElementBytes(finding)
  }
  const rows = isAligned ? rowsOf(load<i32>(slot, LIST)) : elements
  bytes += (rows - elements) * textElementBytes(0)
  if (rows > load<i32>(fact, MOST_ELEMENTS) || !openList(fact, bytes)) return false
  let finding = first
  for (let row = 0; row < rows; row++) {
    const element = isAligned ? inRow(finding, row) : finding
    putTextElement(element)
    if (element !== 0) finding = after(element)
  }
  return true
}

/** More are not compared with one another. */
const MOST_COMPARED = 16

function areDifferent(first: Finding): bool {
  let count = 0
  for (let one = first; one !== 0; one = after(one)) {
    if (++count > MOST_COMPARED) return false
    for (let other = after(one); other !== 0; other = after(other)) if (areEqual(one, other)) return false
  }
  return true
}

function areEqual(one: Finding, other: Finding): bool {
  const length = lengthOf(one)
  return (
    length === lengthOf(other) && memory.compare(TEXTS + numberOf(one), TEXTS + numberOf(other), length) === 0
  )
}

function lengthOf(text: Finding): i32 {
  return load<i32>(text, FINDING_SECOND) - numberOf(text)
}

function isTaken(fact: Fact, text: Finding): bool {
  const only = load<i32>(fact, ONLY)
  if (only === ANY_TEXT) return true
  const from = TEXTS + numberOf(text)
  return only === MAIL_ADDRESS
    ? isMailAddress(from, from + lengthOf(text))
    : isIpv4(from, from + lengthOf(text))
}

function hasOneList(fact: Fact): bool {
  const count = load<i32>(fact, SLOT_COUNT)
  for (let i = 3; i < count; i++) if (rowsOf(load<i32>(slotOf(fact, i), LIST)) > 0) return false
  return true
}

function copyFinal(fact: Fact): bool {
  const isFinal = firstOfSlot(fact, 0)
  if (!areAll(BOOLEAN, isFinal)) return false
  const row = rowOfTrue(isFinal)
  let finding = row < 0 ? 0 : firstOfSlot(fact, 1)
  while (finding !== 0 && load<i32>(finding, FINDING_THIRD) < row) finding = after(finding)
  const found = inRow(finding, row)
  const said = found === 0 ? firstOfSlot(fact, 2) : found
  return said === 0 || copyOne(fact, said)
}

function copyAttached(fact: Fact): bool {
  const wants = load<i32>(fact, WANTS)
  const areWanted =
    areAll(wants, firstOfSlot(fact, 0)) &&
    areAll(BARE_TEXT, firstOfSlot(fact, 1)) &&
    areAll(BOOLEAN, firstOfSlot(fact, 2)) &&
    areAll(BARE_TEXT, firstOfSlot(fact, 3))
  if (!areWanted) return false
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
