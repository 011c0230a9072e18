/** A table made ready: its tree, and each derivation bound to the slots it takes. Built once a kind. */
import type { AttributeValue } from './attributes/attribute.ts'
import type { AttributeName } from './attributes.ts'
import type { Identity } from './rules/identity.ts'
import type { Severity } from './severity.ts'
import type { Slots } from './slots.ts'
import type { Derivation, Table, Tier } from './table.ts'
import { type Tree, treeOf } from './tree.ts'
import type { EventTime } from './values/time.ts'

/** A derivation that knows its slots. */
export type Bound<V> = (slots: Slots) => V | undefined

export interface Fact {
  readonly name: AttributeName
  readonly value: Bound<AttributeValue>
  /** Whether other rows have the name too: the first that says something counts. */
  readonly isShared: boolean
}

export interface Plan {
  readonly tree: Tree
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
  const bound = <V>(derivation: Derivation<V>): Bound<V> => bind(derivation, tree)
  const rows = table.rows.filter(({ tier }) => profiles[attributes].includes(tier))
  return {
    tree,
    attributes: rows.flatMap(row => {
      const { to: name } = row
      if (name === undefined) return []
      return [{ name, value: bound(row), isShared: rows.some(other => other !== row && other.to === name) }]
    }),
    created: bound(table.created),
    occurred: bound(table.occurred),
    severity: bound(table.severity),
    name: bound(table.name),
    summary: bound(table.summary),
    identity: table.identity && bound(table.identity),
  }
}

function bind<V>(derivation: Derivation<V>, tree: Tree): Bound<V> {
  const { derive } = derivation.rule
  const { alternatives, others } = tree.slotsOf(derivation)
  const [slot, ...fallbacks] = alternatives
  if (slot === undefined) return () => derive()
  const given = (slots: Slots, first: number): V | undefined =>
    others.length === 0 ? derive(slots[first]) : derive(slots[first], ...others.map(other => slots[other]))
  if (fallbacks.length === 0) return slots => given(slots, slot)
  return slots => {
    for (const alternative of alternatives) {
      const value = given(slots, alternative)
      if (!saysNothing(value)) return value
    }
    return undefined
  }
}

export const saysNothing = (value: unknown): value is undefined | '' | [] =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
