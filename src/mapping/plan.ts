/** A table made ready: its tree, and each derivation bound to the slots it takes. Built once a kind. */
import type { AttributeValue } from './attributes/attribute.ts'
import type { AttributeName } from './attributes.ts'
import type { Identity } from './rules/identity.ts'
import type { Copying, Rule } from './rules/rule.ts'
import type { Severity } from './severity.ts'
import { type Form, type Slots, valueAt } from './slots.ts'
import type { Derivation, Row, Table, Tier } from './table.ts'
import { type Tree, treeOf } from './tree.ts'
import type { EventTime } from './values/time.ts'

/** A derivation that knows its slots. */
export type Bound<V> = (slots: Slots) => V | undefined

export interface Fact {
  readonly name: AttributeName
  readonly value: Bound<AttributeValue>
  /** The number of the last fact before that has the same name, -1 for none: the first that says something counts. */
  readonly before: number
  /** Where plain values can be copied: the slots, and what they hold then. */
  readonly copies: Copies | undefined
}

export interface Copies extends Copying {
  /** A text that need not be said. */
  readonly needless?: string | undefined
  readonly form: Form | 'count'
  /** By position where the rule takes several; else alternatives, of which the first that says something counts. */
  readonly slots: readonly number[]
}

export interface Plan {
  readonly tree: Tree
  /** The slots that are taken from; others may stay empty. */
  readonly used: ReadonlySet<number>
  readonly attributes: readonly Fact[]
  readonly created: Bound<EventTime>
  readonly occurred: Bound<EventTime>
  readonly severity: Bound<Severity>
  readonly name: Bound<string>
  readonly summary: Bound<string>
  readonly identity: Bound<Identity> | undefined
}

const profiles: Readonly<Record<'core' | 'full', readonly Tier[]>> = {
  core: ['R', 'C'],
  full: ['R', 'C', 'E'],
}

export function planOf(
  table: Table,
  { anyCase, attributes }: { anyCase: boolean; attributes: 'core' | 'full' },
): Plan {
  const tree = treeOf(table, { anyCase })
  const used = new Set<number>()
  const bound = <V>(derivation: Derivation<V>): Bound<V> => {
    const { alternatives, others } = tree.slotsOf(derivation)
    for (const slot of [...alternatives, ...others]) used.add(slot)
    return bind(derivation.rule, alternatives, others)
  }
  const rows = table.rows.filter(({ tier }) => profiles[attributes].includes(tier))
  const named = rows.filter(row => row.to !== undefined) as (Row & { to: AttributeName })[]
  return {
    tree,
    used,
    attributes: named.map((row, number) => ({
      name: row.to,
      value: bound(row),
      before: named.findLastIndex(({ to }, i) => i < number && to === row.to),
      copies: copiesOf(row, tree),
    })),
    created: bound(table.created),
    occurred: bound(table.occurred),
    severity: bound(table.severity),
    name: bound(table.name),
    summary: bound(table.summary),
    identity: table.identity && bound(table.identity),
  }
}

const ofAllSlots: ReadonlySet<Copying['how']> = new Set(['stacked', 'attached', 'final'])

function copiesOf(row: Row, tree: Tree): Copies | undefined {
  const { ofPlain, reads } = row.rule
  const form = ofPlain?.how === 'final' ? reads[1] : reads[0]
  if (!ofPlain || !form) return undefined
  const { alternatives, others } = tree.slotsOf(row)
  const isByPosition = ofAllSlots.has(ofPlain.how)
  // Where it says nothing of the first alternative, it speaks of the next one, and would be remembered of the first.
  if (ofPlain.how === 'again' && alternatives.length !== 1) return undefined
  if (isByPosition && (alternatives.length !== 1 || others.includes(-1))) return undefined
  return {
    ...ofPlain,
    form: form.replace('[]', '') as Copies['form'],
    slots: isByPosition ? [...alternatives, ...others] : alternatives,
  }
}

function bind<V>(
  { derive }: Rule<V>,
  [slot, ...fallbacks]: readonly number[],
  others: readonly number[],
): Bound<V> {
  if (slot === undefined) return () => derive()
  const given = derivedFrom(derive, others)
  if (fallbacks.length === 0) return slots => given(slots, slot)
  return slots => {
    const value = given(slots, slot)
    if (!saysNothing(value)) return value
    for (const fallback of fallbacks) {
      const other = given(slots, fallback)
      if (!saysNothing(other)) return other
    }
    return undefined
  }
}

/** Most rules take few slots; a list of arguments for each of them would cost more than most rules (measured). */
function derivedFrom<V>(
  derive: Rule<V>['derive'],
  others: readonly number[],
): (slots: Slots, first: number) => V | undefined {
  const [a = -1, b = -1] = others
  switch (others.length) {
    case 0:
      return (slots, first) => {
        const value = valueAt(slots, first)
        return value === undefined ? undefined : derive(value)
      }
    case 1:
      return (slots, first) => derive(valueAt(slots, first), valueAt(slots, a))
    case 2:
      return (slots, first) => derive(valueAt(slots, first), valueAt(slots, a), valueAt(slots, b))
    default: {
      // One for all events: a list for each of them would be much of what they leave behind (0014).
      const given: unknown[] = new Array(others.length + 1)
      return (slots, first) => {
        given[0] = valueAt(slots, first)
        for (let i = 0; i < others.length; i++) given[i + 1] = valueAt(slots, others[i]!)
        return derive(...given)
      }
    }
  }
}

export const saysNothing = (value: unknown): value is undefined | '' | [] =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
