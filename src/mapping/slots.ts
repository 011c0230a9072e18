/** What collecting an event fills and what rules read: one slot for each source path that a table names. */

/** The forms of a single value. Each takes what the wire was seen to use for it; see `read` in collect.ts. */
export interface ValueOfForm {
  /** A JSON string, as sent. */
  text: string
  /** A JSON number, or decimal text. Finite; no whole number beyond ±(2^53 - 1), whose digits JavaScript would change. */
  number: number
  /** A JSON boolean, or the text `true` or `false` in any case. */
  boolean: boolean
  /** A JSON string, number or boolean, as text. */
  scalar: string
}
export type Form = keyof ValueOfForm

/**
 * What a slot can hold. A path with `[]` has a column: one value an element, undefined where an element has none, so that
 * the columns of one list are aligned. `count` is how many elements a list has.
 */
export type SlotValue = ValueOfForm & { [F in Form as `${F}[]`]: readonly (ValueOfForm[F] | undefined)[] } & {
  count: number
}
export type SlotForm = keyof SlotValue

/** By slot number; undefined where the event says nothing. */
export type Slots = readonly (SlotValue[SlotForm] | undefined)[]
