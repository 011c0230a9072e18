/** What is told of values at known paths, whoever walks an event; and the slots that are filled where it is walked as an object. */
import { isEmpty } from './forms.ts'
import { emptySlots, type Form, type Slots, type ValueOfForm } from './slots.ts'
import type { Leaf } from './tree.ts'
import type { OnUnknown } from './unknown.ts'

export type Column = (ValueOfForm[Form] | undefined)[]

/** Of a longer list no more elements are read: no mail has so many of anything, and each costs memory. */
export const MOST_ELEMENTS = 100_000

/** What the parts of the tree say of a place in the event. */
export interface Place {
  readonly path: string
  readonly leaf: Pick<Leaf, 'read' | 'isReadable'> | undefined
}

/** Tells when a text, number or boolean is not as expected. `read`: what its place takes it for; undefined when it is not taken there. */
export function tellValue(
  value: unknown,
  read: ValueOfForm[Form] | undefined,
  place: Place,
  onUnknown: OnUnknown | undefined,
): void {
  const { leaf, path } = place
  if (!onUnknown || isEmpty(value)) return
  if (read === undefined) tellType(typeof value as 'string', place, onUnknown)
  else if (leaf?.isReadable && !leaf.isReadable(read)) onUnknown(`${path}:unreadable`)
}

/** A value of a type that its place does not take. */
export function tellType(
  type: 'array' | 'object' | 'string' | 'number' | 'boolean',
  { path }: Place,
  onUnknown: OnUnknown | undefined,
): void {
  onUnknown?.(`${path}:${type}`)
}

export interface Filler {
  /** Of the event that was begun. */
  readonly slots: Slots
  begin(): void
  /** Of several values for one slot the first that is not empty counts. `row`: of a column, which element of its list. */
  keep(value: ValueOfForm[Form], leaf: Leaf, row: number): void
  /** A list of so many elements begins, which has at least one. Returns the row of the first of them. */
  list(columns: readonly number[], elements: number): number
  /** So many more elements of the list that the slot counts. */
  count(slot: number, elements: number): void
}

export function createFiller(size: number): Filler {
  const slots = emptySlots(size)
  const values: unknown[] = slots.values
  return {
    slots,
    begin() {
      values.fill(undefined)
    },
    keep(value, { slot, isColumn }, row) {
      const place = isColumn ? (values[slot] as Column) : values
      const index = isColumn ? row : slot
      if (isNothing(place[index])) place[index] = value
    },
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

/** One value an element, none so far. */
export const emptyColumn = (length: number): Column =>
  shortColumns[length]?.slice() ?? new Array(length).fill(undefined)

const isNothing = (held: unknown): boolean => held === undefined || held === ''
