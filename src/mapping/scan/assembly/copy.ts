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
  COPIED_BYTES,
  COUNT,
  EACH,
  EACH_ONCE,
  FACT_BYTES,
  FINAL,
  FIRST_FINDING,
  FIRST_OF,
  HOW,
  IPV4_ADDRESS,
  LIST,
  MAIL_ADDRESS,
  MOST_ELEMENTS,
  NOT,
  ONE,
  ONLY,
  SAID,
  SLOT_COUNT,
  STACKED,
  TEXTS,
  WANTS,
} from '../layout.ts'
import { copyAttached } from './attached.ts'
import {
  attributeBytes,
  beginAttributes,
  openList,
  putBoolean,
  putInteger,
  putTextAttribute,
  putTextElement,
  textElementBytes,
} from './attributes.ts'
import { firstOfSlot, slotOf } from './fact.ts'
import { after, areAll, firstOf, inRow, isSaid, lengthOf, numberOf, rowOf, rowsOf } from './findings.ts'
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
    const isSaidBefore = before >= 0 && load<i32>(SAID + 4 * before) === 1
    const bytes = attributeBytes()
    const isCopied = isSaidBefore || copyFact(fact)
    store<i32>(SAID + 4 * i, isSaidBefore || attributeBytes() > bytes ? 1 : 0)
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
      return load<i32>(fact, ONLY) === ANY_TEXT && copyAttached(fact)
    default:
      return copyFirstSaid(fact)
  }
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
    case ONE:
    case FIRST_OF:
      return load<i32>(fact, WANTS) === COUNT
        ? putInteger(fact, load<i32>(slot, FIRST_FINDING))
        : copyOne(fact, firstOf(slot))
    default:
      return false
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
    if (numberOf(finding) === 1) return rowOf(finding)
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

function isTaken(fact: Fact, text: Finding): bool {
  const from = TEXTS + numberOf(text)
  switch (load<i32>(fact, ONLY)) {
    case ANY_TEXT:
      return true
    case MAIL_ADDRESS:
      return isMailAddress(from, from + lengthOf(text))
    case IPV4_ADDRESS:
      return isIpv4(from, from + lengthOf(text))
    default:
      return false
  }
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
  while (finding !== 0 && rowOf(finding) < row) finding = after(finding)
  const found = inRow(finding, row)
  const said = found === 0 ? firstOfSlot(fact, 2) : found
  return said === 0 || copyOne(fact, said)
}
