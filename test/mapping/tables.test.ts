import * as semanticConventions from '@opentelemetry/semantic-conventions/incubating'
import { describe, expect, test } from 'vitest'
import type { Attribute } from '../../src/mapping/attributes/attribute.ts'
import { record } from '../../src/mapping/attributes/record.ts'
import { type AttributeName, attributes, naming } from '../../src/mapping/attributes.ts'
import { ecsOf } from '../../src/mapping/equivalents.ts'
import { pathsOf } from '../../src/mapping/paths.ts'
import { piiClasses } from '../../src/mapping/pii.ts'
import type { Tier } from '../../src/mapping/table.ts'
import { tables } from '../../src/mapping/tables.ts'

const names = Object.keys(attributes) as AttributeName[]
const kinds = Object.entries(tables)

describe('names', () => {
  test('none is a dotted prefix of another', () => {
    const clashes = names.flatMap(name =>
      names.filter(other => other.startsWith(`${name}.`)).map(other => [name, other]),
    )
    expect(clashes).toEqual([])
  })

  test('all follow the naming rules of OpenTelemetry', () => {
    const wrong = names.filter(
      name => !/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:_[a-z0-9]+)*)*$/.test(name),
    )
    expect(wrong).toEqual([])
  })

  test('those of OpenTelemetry are in its semantic conventions', () => {
    const known = new Set<unknown>(Object.values(semanticConventions))
    expect(names.filter(name => naming(name) === 'OTel' && !known.has(name))).toEqual([])
  })

  test('none of this project is in the semantic conventions', () => {
    const known = new Set<unknown>(Object.values(semanticConventions))
    expect(names.filter(name => naming(name) !== 'OTel' && known.has(name))).toEqual([])
  })

  test('each is used by a table or marks the record itself', () => {
    const used = new Set<string | undefined>(kinds.flatMap(([, { rows }]) => rows.map(({ to }) => to)))
    expect(names.filter(name => !used.has(name) && !(name in record))).toEqual([])
  })

  test('each has an example of its type and a sentence', () => {
    const wrong = Object.entries<Attribute>(attributes).filter(
      ([, { type, example, about }]) => typeOf(example) !== type || !about.endsWith('.'),
    )
    expect(wrong).toEqual([])
  })
})

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return `${typeOf(value[0])}[]`
  return Number.isInteger(value) ? 'int' : typeof value
}

describe('rows', () => {
  const count = (tiers: string) => (kind: keyof typeof tables) =>
    tables[kind].rows.filter(({ tier }) => tiers.includes(tier)).length
  const perTier = (kind: keyof typeof tables) =>
    (['R', 'C', 'E', 'B'] satisfies Tier[]).map(tier => count(tier)(kind))

  /** The contract has 313 rows; the time of each kind and the severity of audit stand in their own places. */
  test('are as many as the contract has, tier by tier', () => {
    expect(perTier('pod.message')).toEqual([2, 71, 81, 10])
    expect(perTier('pod.maillog')).toEqual([2, 28, 9, 1])
    expect(perTier('pod.audit')).toEqual([3, 16, 6, 1]) // with host.name, which the contract has in the row of origin.agent
    expect(perTier('tap.message.delivered')).toEqual([3, 42, 10, 0])
    expect(perTier('tap.message.blocked')).toEqual([3, 42, 10, 0])
    expect(perTier('tap.click.permitted')).toEqual([3, 18, 2, 0])
    expect(perTier('tap.click.blocked')).toEqual([3, 18, 2, 0])
  })

  test('give at most 96 attributes by default', () => {
    for (const [, { rows }] of kinds) {
      const core = new Set(rows.filter(({ tier }) => tier === 'R' || tier === 'C').map(({ to }) => to))
      expect(core.size).toBeLessThanOrEqual(96)
    }
  })

  test('have a path for each slot that their rule takes, but for those that may be left out', () => {
    for (const [, { rows, created, occurred, severity, summary }] of kinds) {
      for (const { from, rule } of [...rows, created, occurred, severity, summary]) {
        const read = from.filter(path => pathsOf(path).length > 0).length
        if (rule.reads.length > 0) expect(from.length).toBeLessThanOrEqual(rule.reads.length)
        if (rule.reads.length > 0) expect(read).toBeGreaterThan(0)
      }
    }
  })

  test('of different paths share a name of ECS only for the rule: the one that decided, the one that quarantined', () => {
    const shared = kinds.flatMap(([kind, { rows }]) => {
      const named = new Map<string, string>()
      return rows.flatMap(({ from: [path = ''], to }) => {
        const name = to && ecsOf(to, kind as keyof typeof tables)
        if (!name) return []
        const other = named.get(name) ?? path
        named.set(name, other)
        return other === path ? [] : [[kind, name, other, path]]
      })
    })
    expect(shared).toEqual([
      ['pod.message', 'rule.name', 'filter.actions[].isFinal', 'final_rule'],
      ['pod.message', 'rule.name', 'filter.actions[].isFinal', 'filter.quarantine.rule'],
    ])
  })

  test('share a name only to fall back, or to read the same path', () => {
    const shared = kinds.flatMap(([kind, { rows }]) => {
      const named = rows.flatMap(({ to }) => to ?? [])
      return named.filter((name, i) => named.indexOf(name) !== i).map(name => [kind, name])
    })
    expect(shared).toEqual([['pod.message', 'security_rule.name']])
  })
})

test('classes of personal data name no attribute twice', () => {
  for (const members of Object.values(piiClasses)) expect(new Set(members).size).toBe(members.length)
})
