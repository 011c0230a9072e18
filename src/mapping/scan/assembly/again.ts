/** Remembers what a rule said of a text, and says it again when the same text comes (layout.ts: an entry). */
import {
  ANSWER_AT,
  BARE_TEXT,
  BOOLEAN,
  ENTRIES,
  ENTRY_BYTES,
  FINDING_FIRST,
  FINDING_SECOND,
  MOST_REMEMBERED,
  NOTHING,
  REMEMBERED,
  TEXT_AT,
  TEXT_LENGTH,
  TEXTS,
} from '../layout.ts'
import { putBoolean, putTextAttribute } from './attributes.ts'
import { slotOf } from './fact.ts'
import { firstOf, lengthOf, numberOf } from './findings.ts'

// The compiler takes no types from other files.
type Fact = i32
type Finding = i32
type Entry = i32

/** False when the rule has to be asked. */
export function copyAgain(fact: Fact): bool {
  const finding = firstOf(slotOf(fact, 0))
  if (finding === 0) return true
  if (!isRemembered(finding)) return false
  const entry = entryOf(fact, finding)
  if (!isOf(entry, finding)) return false
  switch (load<i32>(entry)) {
    case NOTHING:
      return true
    case BOOLEAN:
      return putBoolean(fact, numberOf(entry) === 1)
    default:
      return putTextAttribute(fact, entry + ANSWER_AT, lengthOf(entry))
  }
}

/**
 * What the rule said of the text that the fact has now: `NOTHING`, a `BOOLEAN`, or a text of so many bytes, which is to be written to
 * the place that this returns; 0 when it is not remembered.
 */
export function remember(fact: Fact, what: i32, first: i32, second: i32): i32 {
  const finding = firstOf(slotOf(fact, 0))
  if (finding === 0 || !isRemembered(finding)) return 0
  const entry = entryOf(fact, finding)
  store<i32>(entry, what)
  store<i32>(entry, first, FINDING_FIRST)
  store<i32>(entry, second, FINDING_SECOND)
  store<i32>(entry, lengthOf(finding), TEXT_LENGTH)
  memory.copy(entry + TEXT_AT, TEXTS + numberOf(finding), lengthOf(finding))
  return entry + ANSWER_AT
}

function isRemembered(finding: Finding): bool {
  return load<i32>(finding) === BARE_TEXT && lengthOf(finding) <= MOST_REMEMBERED
}

function entryOf(fact: Fact, finding: Finding): Entry {
  const from = TEXTS + numberOf(finding)
  const length = lengthOf(finding)
  let hash = length
  for (let i = 0; i < length; i++) hash = hash * 31 + load<u8>(from + i)
  return load<i32>(fact, REMEMBERED) + (hash & (ENTRIES - 1)) * ENTRY_BYTES
}

function isOf(entry: Entry, finding: Finding): bool {
  const length = lengthOf(finding)
  if (load<i32>(entry, TEXT_LENGTH) !== length) return false
  return memory.compare(entry + TEXT_AT, TEXTS + numberOf(finding), length) === 0
}
