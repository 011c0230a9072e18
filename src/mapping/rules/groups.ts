/**
 * Rules for columns that belong together: in all attributes of a group the same index is the same element. So an element
 * without a value has `""` (text) or -1 (size); an attribute where no element has a value is absent.
 */
import type { Form } from '../slots.ts'
import { copyingOf, type Rule, readabilityOf, rule, type ValueRule } from './rule.ts'

type Column<V> = readonly (V | undefined)[]

const says = (words: string, { says: each }: Rule<unknown>): string => (each ? `${words}, ${each}` : words)

/** One value for every element of the list. */
export const aligned = <F extends Form>(element: ValueRule<F, string>): Rule<string[]> => ({
  says: says('aligned', element),
  reads: [`${element.form}[]`],
  derive: values => filled(values as Column<Parameters<typeof element.of>[0]> | undefined, element.of, ''),
  ...readabilityOf(element),
  ...copyingOf(element, 'aligned'),
})

/** Takes column, disposition, isVirtual and a second column for elements that lack the first. */
export const attached = (element: ValueRule<'text', string>): Rule<string[]> => ({
  ...rule(
    says('attachments, aligned', element),
    ['text[]', 'text[]', 'boolean[]', 'text[]'],
    (values, dispositions, virtual, others) => {
      const indices = attachments(dispositions, virtual)
      if (indices.length === 0) return undefined
      const either = values?.every(isText) ? values : firstOf(values, others)
      return filled(at(indices, either), element.of, '')
    },
  ),
  ...copyingOf(element, 'attached'),
})

const isText = (value: string | undefined): boolean => value !== undefined && value.trim() !== ''

const firstOf = (values: Column<string> | undefined, others: Column<string> | undefined) =>
  others === undefined ? values : others.map((other, i) => (isText(values?.[i]) ? values?.[i] : other))

/** Takes column, disposition, isVirtual. */
export const attachedSizes = (element: ValueRule<'number', number>): Rule<number[]> => ({
  ...rule(
    'attachments, aligned; -1 is unknown',
    ['number[]', 'text[]', 'boolean[]'],
    (values, dispositions, virtual) => filled(at(attachments(dispositions, virtual), values), element.of, -1),
  ),
  ...readabilityOf(element),
  ...copyingOf(element, 'attached'),
})

const at = <V>(indices: readonly number[], column: Column<V> | undefined): Column<V> | undefined =>
  column && indices.map(index => column[index])

/**
 * The same columns are asked for by each attribute of the attachments: most of their cost otherwise (measured). They are new for
 * each event (`Slots`), so that the same ones have the same answer.
 */
let lastAnswer: { dispositions: unknown; virtual: unknown; indices: readonly number[] } | undefined

/** The indices of the attachments: parts that are attached, and members of an archive. */
function attachments(
  dispositions: Column<string> | undefined,
  virtual: Column<boolean> | undefined,
): readonly number[] {
  if (lastAnswer && lastAnswer.dispositions === dispositions && lastAnswer.virtual === virtual)
    return lastAnswer.indices
  const indices: number[] = []
  for (let i = 0; i < Math.max(dispositions?.length ?? 0, virtual?.length ?? 0); i++)
    if (virtual?.[i] === true || ATTACHED.test(dispositions?.[i] ?? '')) indices.push(i)
  lastAnswer = { dispositions, virtual, indices }
  return indices
}

const ATTACHED = /^\s*attach/i

/** Takes several columns of one list: the values of the first, for each different element once. */
export const distinct = (element: ValueRule<'text', string>): Rule<string[]> =>
  rule(says('each once, aligned', element), ['text[]', 'text[]', 'text[]'], (...columns) => {
    const seen = new Set<string>()
    const kept = columns[0]?.filter((_, i) => isNew(seen, columns, i))
    return filled(kept, element.of, '')
  })

/**
 * Takes three columns of each of four lists: the values of each list's first column, one list after the other. Of the
 * lists behind the first only elements that were not there yet.
 */
export const stacked = (element: ValueRule<'text', string>): Rule<string[]> => ({
  ...rule(says('aligned', element), stackedReads, (...columns) => {
    if (isOnlyFirst(columns)) return filled(columns[0], element.of, '')
    const seen = new Set<string>()
    const values: (string | undefined)[] = []
    for (let list = 0; list < columns.length; list += 3) {
      const own = columns.slice(list, list + 3)
      for (const [i, value] of (own[0] ?? []).entries())
        if (isNew(seen, own, i) || list === 0) values.push(value)
    }
    return filled(values, element.of, '')
  }),
  ...copyingOf(element, 'stacked'),
})
const stackedReads = new Array<'text[]'>(12).fill('text[]')

function isOnlyFirst(columns: readonly unknown[]): boolean {
  for (let i = 3; i < columns.length; i++) if (columns[i] !== undefined) return false
  return true
}

function isNew(seen: Set<string>, columns: readonly (Column<string> | undefined)[], i: number): boolean {
  let element = ''
  for (const column of columns) {
    const value = column?.[i]
    element += value === undefined ? '-' : `${value.length}:${value}`
  }
  const known = seen.has(element)
  seen.add(element)
  return !known
}

/** What each element comes to, `missing` where that is nothing; undefined when it is nothing of all. */
function filled<A, V>(
  column: Column<A> | undefined,
  of: (value: A) => V | undefined,
  missing: V,
): V[] | undefined {
  if (!column) return undefined
  let isEmpty = true
  const values = column.map(element => {
    const value = element === undefined ? undefined : of(element)
    if (value !== undefined) isEmpty = false
    return value ?? missing
  })
  return isEmpty ? undefined : values
}
