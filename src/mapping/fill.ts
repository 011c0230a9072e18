/** Puts what was found at known paths into slots; whoever walks an event, what a value comes to is decided here. */
import { isEmpty } from './forms.ts'
import { emptySlots, type Form, noTexts, type Slots, type ValueOfForm } from './slots.ts'
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
  /** Of the event that was begun. */
  readonly slots: Slots
  /** Begins an event. What spans are places in, as in `Slots`. */
  begin(ascii?: Buffer, asciiText?: string): void
  /** A text, number or boolean at a known place: of several for one slot the first that is not empty counts. */
  single(value: unknown, place: Place): void
  /** The same for a text that is not blank, by its place. */
  span(from: number, to: number, slot: number): void
  /** A value of a type that its place does not take. */
  unexpected(type: 'array' | 'object' | 'string' | 'number' | 'boolean', place: Place): void
  /** A list of so many elements begins; it has at least one. */
  list(columns: readonly number[], elements: number): void
  /** An element of a list, before what stands in it. */
  element(columns: readonly number[]): void
  /** So many more elements of the list that the slot counts. */
  count(slot: number, elements: number): void
}

export function createFiller(size: number, onUnknown?: OnUnknown): Filler {
  const slots = emptySlots(size)
  const { spans } = slots
  const values: unknown[] = slots.values
  /** Of a slot with a column: the index of the element that was begun last. */
  const indices = new Int32Array(size)

  const isUnset = (slot: number): boolean => isNothing(values[slot]) && spans[2 * slot + 1] === 0

  const unexpected: Filler['unexpected'] = (type, { path }) => onUnknown?.(`${path}:${type}`)

  return {
    slots,
    begin(ascii = noTexts, asciiText = '') {
      slots.ascii = ascii
      slots.asciiText = asciiText
      values.fill(undefined)
      spans.fill(0)
    },
    single(value, place) {
      const { leaf, path } = place
      const read = leaf?.read(value)
      if (!leaf || read === undefined) {
        if (onUnknown && !isEmpty(value)) unexpected(typeof value as 'string', place)
        return
      }
      const { slot, isColumn, isReadable } = leaf
      if (onUnknown && isReadable && !isEmpty(value) && !isReadable(read)) onUnknown(`${path}:unreadable`)
      if (slot === UNUSED) return
      if (isColumn) {
        const column = values[slot] as Column
        const index = indices[slot]!
        if (isNothing(column[index])) column[index] = read
      } else if (isUnset(slot)) values[slot] = read
    },
    span(from, to, slot) {
      if (!isUnset(slot)) return
      values[slot] = undefined
      spans[2 * slot] = from
      spans[2 * slot + 1] = to
    },
    unexpected,
    list(columns, elements) {
      for (const slot of columns) {
        const column = values[slot] as Column | undefined
        if (column === undefined) {
          values[slot] = emptyColumn(elements)
          indices[slot] = -1
        } else for (let i = 0; i < elements; i++) column.push(undefined)
      }
    },
    element(columns) {
      for (const slot of columns) indices[slot]!++
    },
    count(slot, elements) {
      values[slot] = ((values[slot] as number | undefined) ?? 0) + elements
    },
  }
}

/** Most lists are shorter. Copies of these take no more room than they need, which what grows by its elements does. */
const shortColumns: readonly Column[] = Array.from({ length: 17 }, (_, length) => [...new Array(length)])

const emptyColumn = (length: number): Column =>
  shortColumns[length]?.slice() ?? new Array(length).fill(undefined)

const isNothing = (held: unknown): boolean => held === undefined || held === ''
