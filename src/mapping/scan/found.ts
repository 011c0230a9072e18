/** The slots of a text that was scanned: what was found is read when it is asked for. */
import { type Column, emptyColumn } from '../fill.ts'
import { emptySlots, type Form, type Slots, type ValueOfForm } from '../slots.ts'
import { memoryWords, type PlacedTree, textOf, textsFound } from './assembly.ts'
import type { Known } from './known.ts'
import * as layout from './layout.ts'

export interface Found {
  /** Of the text that was scanned last. */
  readonly slots: Slots
  /** To be called when a text was scanned. */
  begin(): void
  /** The value of the finding at this place. */
  valueAt(finding: number): string | number | boolean
}

export function createFound({ slots: known }: Known, tree: PlacedTree): Found {
  const slots = emptySlots(known.length, find)
  const values: unknown[] = slots.values
  let words = memoryWords()
  let texts: string | undefined

  const field = (place: number, offset: number): number => words[(place + offset) / 4]!
  /** Whether the number at this place is that of the text that was scanned last. */
  const isOfText = (place: number): boolean =>
    field(place, 0) === field(layout.SCAN, 0) && field(place, 4) === field(layout.SCAN, 4)
  const textAt = (from: number, to: number): string => {
    texts ??= textsFound()
    return texts.slice(from, to)
  }

  function valueAt(finding: number): string | number | boolean {
    const first = field(finding, layout.FINDING_FIRST)
    const second = field(finding, layout.FINDING_SECOND)
    switch (field(finding, 0)) {
      case layout.BARE_TEXT:
      case layout.TEXT:
        return textAt(first, second)
      case layout.BARE_BEYOND_ASCII:
      case layout.TEXT_BEYOND_ASCII:
        return textOf(layout.TEXTS + first, layout.TEXTS + second)
      case layout.TEXT_WITH_ESCAPES:
        return JSON.parse(textOf(first, second))
      case layout.NUMBER:
        return Number(textAt(first, second))
      case layout.BOOLEAN:
        return first === 1
      default:
        return first
    }
  }

  function find(slot: number): Slots['values'][number] {
    const place = tree.slots + slot * layout.SLOT_BYTES
    const { leaf } = known[slot]!
    const list = field(place, layout.LIST)
    const isFound = isOfText(place + layout.FOUND_IN)
    if (list !== 0) return column(leaf!.read, list, isFound ? field(place, layout.FIRST_FINDING) : 0)
    if (!isFound) return undefined
    const first = field(place, layout.FIRST_FINDING)
    return leaf ? leaf.read(valueAt(first)) : first
  }

  function column(
    read: (value: unknown) => ValueOfForm[Form] | undefined,
    list: number,
    first: number,
  ): readonly never[] | undefined {
    if (!isOfText(list + layout.ROWS_IN)) return undefined
    const values: Column = emptyColumn(field(list, layout.ROWS))
    for (let finding = first; finding !== 0; finding = field(finding, layout.FINDING_NEXT))
      values[field(finding, layout.FINDING_THIRD)] = read(valueAt(finding))
    return values as never[]
  }

  return {
    slots,
    begin() {
      words = memoryWords()
      texts = undefined
      values.fill(undefined)
    },
    valueAt,
  }
}
