/** A fact that is to be copied: its slots, and what it takes. */
import {
  ANY_TEXT,
  AS,
  AS_FOUND,
  BARE_BEYOND_ASCII,
  BARE_TEXT,
  ONLY,
  SLOT_COUNT,
  SLOTS,
  WANTS,
} from '../layout.ts'
import { after, firstOf } from './findings.ts'

export function slotOf(fact: i32, i: i32): i32 {
  return load<i32>(load<i32>(fact, SLOTS) + 4 * i)
}

/** Of a slot that the rule need not take. */
export function firstOfSlot(fact: i32, i: i32): i32 {
  return i < load<i32>(fact, SLOT_COUNT) ? firstOf(slotOf(fact, i)) : 0
}

/** Whether all findings from this one on are of the kind that is copied; texts beyond ASCII where they stay as they are. */
export function areWanted(fact: i32, first: i32): bool {
  for (let finding = first; finding !== 0; finding = after(finding))
    if (!isWanted(fact, finding)) return false
  return true
}

export function isWanted(fact: i32, finding: i32): bool {
  const what = load<i32>(finding)
  const wants = load<i32>(fact, WANTS)
  if (what === wants) return true
  if (what !== BARE_BEYOND_ASCII || wants !== BARE_TEXT) return false
  return load<i32>(fact, AS) === AS_FOUND && load<i32>(fact, ONLY) === ANY_TEXT
}
