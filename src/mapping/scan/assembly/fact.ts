/** The slots of a fact that is to be copied. */
import { SLOT_COUNT, SLOTS } from '../layout.ts'
import { firstOf } from './findings.ts'

export function slotOf(fact: i32, i: i32): i32 {
  return load<i32>(load<i32>(fact, SLOTS) + 4 * i)
}

/** Of a slot that the rule need not take. */
export function firstOfSlot(fact: i32, i: i32): i32 {
  return i < load<i32>(fact, SLOT_COUNT) ? firstOf(slotOf(fact, i)) : 0
}
