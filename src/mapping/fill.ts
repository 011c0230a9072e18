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
  /**
   * A text, number or boolean at a known place: of several for one slot the first that is not empty counts. `row`: of a slot with
   * a column, which element of its list.
   */
  single(value: unknown, place: Place, row: number): void
  /** The same for a value that the leaf is known to take, and of which nothing is told. */
  keep(value: ValueOfForm[Form], leaf: Leaf, row: number): void
  /** The same for a text that is not blank, by its place. */
  span(from: number, to: number, slot: number): void
  /** A value of a type that its place does not take. */
  unexpected(type: 'array' | 'object' | 'string' | 'number' | 'boolean', place: Place): void
  /** A list of so many elements begins, which has at least one. Returns the row of the first of them. */
  list(columns: readonly number[], elements: number): number
  /** So many more elements of the list that the slot counts. */
  count(slot: number, elements: number): void
}

export function createFiller(size: number, onUnknown?: OnUnknown): Filler {
  const slots = emptySlots(size)
  const { spans } = slots
  const values: unknown[] = slots.values

  const isUnset = (slot: number): boolean => isNothing(values[slot]) && spans[2 * slot + 1] === 0

  const unexpected: Filler['unexpected'] = (type, { path }) => onUnknown?.(`${path}:${type}`)

  const keep: Filler['keep'] = (value, { slot, isColumn }, row) => {
    if (isColumn) {
      const column = values[slot] as Column
      if (isNothing(column[row])) column[row] = value
    } else if (isUnset(slot)) values[slot] = value
  }

  return {
    slots,
    begin(ascii = noTexts, asciiText = '') {
      slots.ascii = ascii
      slots.asciiText = asciiText
      values.fill(undefined)
      spans.fill(0)
    },
    single(value, place, row) {
      const { leaf, path } = place
      const read = leaf?.read(value)
      if (!leaf || read === undefined) {
        if (onUnknown && !isEmpty(value)) unexpected(typeof value as 'string', place)
        return
      }
      const { slot, isReadable } = leaf
      if (onUnknown && isReadable && !isEmpty(value) && !isReadable(read)) onUnknown(`${path}:unreadable`)
      if (slot !== UNUSED) keep(read, leaf, row)
    },
    keep,
    span(from, to, slot) {
      if (!isUnset(slot)) return
      values[slot] = undefined
      spans[2 * slot] = from
      spans[2 * slot + 1] = to
    },
    unexpected,
    list(columns, elements) {
      let row = 0
      for (const slot of columns) {
        const column = values[slot] as Column | undefined
        row = column?.length ?? 0
        if (column === undefined) values[slot] = emptyColumn(elements)
        else for (let i = 0; i < elements; i++) column.push(undefined)
      }
      return row
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
