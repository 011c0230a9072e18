/**
 * Copies the facts whose values are plain from what was found to the attributes of a record. What a rule would make of them is said
 * by `Copying` (rules/rule.ts); where any value is not plain, the rule has to be asked.
 */
import { LESS, MORE } from '../../../ascii.ts'
import {
  AGAIN,
  ALIGNED,
  ANY,
  ANY_TEXT,
  AS,
  AS_FOUND,
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
  IN_LOWER_CASE,
  IN_NANOSECONDS,
  IPV4_ADDRESS,
  LIST,
  MAIL_ADDRESS,
  MOST_ELEMENTS,
  NEEDLESS,
  NEEDLESS_BYTES,
  NOT,
  ONE,
  ONLY,
  SAID,
  SLOT_COUNT,
  STACKED,
  TEXTS,
  WANTS,
  WITHOUT_BRACKETS,
} from '../layout.ts'
import { copyAgain, remember } from './again.ts'
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
import { areBlanksAround } from './blanks.ts'
import { areWanted, firstOfSlot, isWanted, slotOf } from './fact.ts'
import { after, areAll, firstOf, inRow, isFound, lengthOf, numberOf, rowOf, rowsOf } from './findings.ts'
import { isIpv4, isMailAddress, nanosOfSeconds } from './notations.ts'

export { remember }

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
    case AGAIN:
      return copyAgain(fact)
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
  for (let i = 0; i < count; i++) if (isFound(slotOf(fact, i))) return copySlot(fact, slotOf(fact, i))
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
  if (load<i32>(fact, AS) === IN_NANOSECONDS) return copyNanoseconds(fact, finding)
  if (!isWanted(fact, finding)) return false
  switch (load<i32>(fact, WANTS)) {
    case BARE_TEXT:
      return isTaken(fact, finding) && copyOneText(fact, TEXTS + numberOf(finding), lengthOf(finding))
    case BOOLEAN:
      return putBoolean(fact, numberOf(finding) === 1)
    default:
      return putInteger(fact, numberOf(finding))
  }
}

function copyOneText(fact: Fact, from: i32, length: i32): bool {
  if (
    load<i32>(fact, AS) === WITHOUT_BRACKETS &&
    load<u8>(from) === LESS &&
    load<u8>(from + length - 1) === MORE
  ) {
    if (length === 2 || areBlanksAround(from + 1, from + length - 1)) return false
    return putTextAttribute(fact, from + 1, length - 2)
  }
  const needless = load<i32>(fact, NEEDLESS_BYTES)
  if (length === needless && memory.compare(from, load<i32>(fact, NEEDLESS), length) === 0) return true
  return putTextAttribute(fact, from, length)
}

function copyNanoseconds(fact: Fact, finding: Finding): bool {
  const nanos = nanosOfSeconds(finding)
  return nanos >= 0 && putInteger(fact, nanos)
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
  const made = load<i32>(fact, AS)
  if (!areWanted(fact, first) || (made !== AS_FOUND && made !== IN_LOWER_CASE)) return false
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
