/** Puts what was found at known paths into slots; whoever walks an event, what a value comes to is decided here. */
import { isEmpty, readers } from './forms.ts'
import type { Form, Slots, ValueOfForm } from './slots.ts'
import type { Leaf } from './tree.ts'
import type { OnUnknown } from './unknown.ts'

type Column = (ValueOfForm[Form] | undefined)[]

/** Of a longer list no more elements are read: no mail has so many of anything, and each costs memory. */
export const MOST_ELEMENTS = 100_000

/** In place of a slot: a value is judged, but not kept. */
export const UNUSED = -1

/** What the parts of the tree say of a place in the event. */
interface Place {
  readonly path: string
  readonly leaf: Leaf | undefined
}

export interface Filler {
  /** Begins an event. */
  begin(): void
  /** The slots of the event, which are the caller's from now on. */
  end(): Slots
  /** A text, number or boolean at a known place: of several for one slot the first that is not empty counts. */
  single(value: unknown, place: Place): void
  /** A value of a type that its place does not take. */
  unexpected(type: 'array' | 'object' | 'string' | 'number' | 'boolean', place: Place): void
  /** An element of a list, before what stands in it. */
  element(columns: readonly number[]): void
  /** So many more elements of the list that the slot counts. */
  count(slot: number, elements: number): void
}

export function createFiller(size: number, onUnknown?: OnUnknown): Filler {
  let slots: unknown[] = []

  function columnAt(slot: number): Column {
    const column = slots[slot] as Column | undefined
    if (column) return column
    const begun: Column = []
    slots[slot] = begun
    return begun
  }

  const unexpected: Filler['unexpected'] = (type, { path }) => onUnknown?.(`${path}:${type}`)

  return {
    begin() {
      slots = new Array(size).fill(undefined)
    },
    end: () => slots as Slots,
    single(value, place) {
      const { leaf, path } = place
      const read = leaf && readers[leaf.form](value)
      if (!leaf || read === undefined) {
        if (onUnknown && !isEmpty(value)) unexpected(typeof value as 'string', place)
        return
      }
      const { slot, isColumn, isReadable } = leaf
      if (onUnknown && isReadable && !isEmpty(value) && !isReadable(read)) onUnknown(`${path}:unreadable`)
      if (slot === UNUSED) return
      if (isColumn) {
        const column = columnAt(slot)
        const last = column.length - 1
        if (isUnset(column[last])) column[last] = read
      } else if (isUnset(slots[slot])) slots[slot] = read
    },
    unexpected,
    element(columns) {
      for (const column of columns) columnAt(column).push(undefined)
    },
    count(slot, elements) {
      slots[slot] = ((slots[slot] as number | undefined) ?? 0) + elements
    },
  }
}

const isUnset = (held: unknown): boolean => held === undefined || held === ''
