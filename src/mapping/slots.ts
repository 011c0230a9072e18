/** What collecting an event fills and what rules read: one slot for each source path that a table names. */

/** The forms of a single value. Each takes what the wire was seen to use for it; see `readers` in forms.ts. */
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

type Value = SlotValue[SlotForm]

/**
 * What an event says; good until the next one is read, of whatever kind. Its lists are new for each event: rules may know them
 * by identity.
 */
export interface Slots {
  /** By slot number; undefined where the event says nothing, or where nobody has asked so far. */
  readonly values: (Value | undefined)[]
  /** Finds what was not asked for so far, where values are found only then. */
  readonly find: ((slot: number) => Value | undefined) | undefined
}

export const emptySlots = (size: number, find?: Slots['find']): Slots => ({
  values: new Array(size).fill(undefined),
  find,
})

/** What the slot holds; what is asked for once is kept. */
export function valueAt({ values, find }: Slots, slot: number): Value | undefined {
  if (values[slot] === undefined && find) values[slot] = find(slot)
  return values[slot]
}
