/**
 * The golden cases use every row of every table. A value counts as that of a row when it goes or changes as soon as the
 * row's path is taken out of the event.
 */
import { describe, expect, test } from 'vitest'
import type { AttributeName } from '../../src/mapping/attributes.ts'
import { attributes } from '../../src/mapping/attributes.ts'
import type { LogRecord } from '../../src/mapping/library.ts'
import { pathsOf } from '../../src/mapping/paths.ts'
import type { Row } from '../../src/mapping/table.ts'
import { type KnownKind, tables } from '../../src/mapping/tables.ts'
import { type SameKey, valuesAt, without } from './event-paths.ts'
import { goldenCases } from './golden-cases.ts'
import { type MappedCase, mapCase } from './golden-record.ts'
import { typeOf } from './type-of.ts'

const content = ['msgParts[].dataBase64', 'msgParts[].textExtracted']

describe.each(Object.keys(tables) as KnownKind[])('%s', kind => {
  const { rows, created, occurred, severity } = tables[kind]
  const sameKey: SameKey = kind.startsWith('tap.')
    ? (key, other) => key.toLowerCase() === other.toLowerCase()
    : (key, other) => key === other
  const mapped = (event: unknown): MappedCase => mapCase({ kind, source: Buffer.from(JSON.stringify(event)) })

  const cases = goldenCases
    .filter(golden => golden.kind === kind)
    .flatMap(({ source }) => parsed(source))
    .map(event => ({ event, record: mapped(event) }))

  /** The cases that have the path, with and without it. */
  const pairs = (path: string) =>
    cases
      .filter(({ event }) => valuesAt(event, path, sameKey).length > 0)
      .map(({ event, record }) => ({ event, record, less: mapped(without(event, path, sameKey)) }))

  const isHit = (path: string, name: AttributeName, profile: 'core' | 'full'): boolean =>
    pairs(path).some(({ record, less }) => {
      const value = record[profile].attributes[name]
      return typeOf(value) === attributes[name].type && !same(value, less[profile].attributes[name])
    })

  const paths = ({ from: [first = ''] }: Row): string[] => pathsOf(first)
  const missed = (ofTiers: string, profile: 'core' | 'full'): string[] =>
    rows.flatMap(row => {
      const { to, tier } = row
      if (to === undefined || !ofTiers.includes(tier)) return []
      if (paths(row).length > 0)
        return paths(row).flatMap(path => (isHit(path, to, profile) ? [] : [`${path} -> ${to}`]))
      return cases.some(({ record }) => typeOf(record[profile].attributes[to]) === attributes[to].type)
        ? []
        : [to]
    })

  test('every row gives its attribute a value of its type', () => {
    expect(missed('RCE', 'full')).toEqual([])
  })

  test('every row of the tiers R and C does so by default', () => {
    expect(missed('RC', 'core')).toEqual([])
  })

  test('no row of tier E does so by default', () => {
    const extra = rows.flatMap(({ to, tier }) => (to !== undefined && tier === 'E' ? [to] : []))
    const found = cases.flatMap(({ record }) =>
      extra.filter(name => record.core.attributes[name] !== undefined),
    )
    expect(found).toEqual([])
  })

  test('what a row of tier B tells stands in the body and in no attribute', () => {
    const read = new Set(
      rows.filter(({ to }) => to !== undefined).flatMap(({ from }) => from.flatMap(pathsOf)),
    )
    const bodyPaths = rows.filter(({ tier }) => tier === 'B').flatMap(({ from }) => from.flatMap(pathsOf))
    for (const path of bodyPaths) {
      const found = pairs(path)
      expect([path, found.some(({ event, record }) => isInBodyOnly(event, path, record))]).toEqual([
        path,
        true,
      ])
      if (read.has(path)) continue
      for (const { record, less } of found)
        expect([path, facts(less.full)]).toEqual([path, facts(record.full)])
    }
  })

  test('every path that is read for the time or the severity changes it', () => {
    const changes = (path: string, of: (record: LogRecord) => unknown): boolean =>
      pairs(path).some(({ record, less }) => !same(of(record.core), of(less.core)))
    for (const path of [created, occurred].flatMap(({ from }) => from.flatMap(pathsOf)))
      expect([path, changes(path, record => record.hrTime)]).toEqual([path, true])
    for (const path of severity.from.flatMap(pathsOf))
      expect([path, changes(path, record => record.severityNumber)]).toEqual([path, true])
  })

  function isInBodyOnly(event: unknown, path: string, { full }: MappedCase): boolean {
    const values = valuesAt(event, path, sameKey)
    const inBody = valuesAt(JSON.parse(String(full.body)), path, sameKey)
    if (content.includes(path)) {
      const removed = full.attributes['proofpoint.body.removed_fields']
      return inBody.length === 0 && Array.isArray(removed) && removed.includes(path)
    }
    const told = JSON.stringify(Object.values(facts(full)))
    const texts = values.filter(value => typeof value !== 'boolean').map(value => JSON.stringify(value))
    return same(inBody, values) && texts.every(text => !told.includes(text))
  }
})

/** Nothing where a case is no JSON object: such a record has no facts. */
function parsed(source: Buffer): unknown[] {
  try {
    const event: unknown = JSON.parse(source.toString())
    return typeof event === 'object' && event !== null ? [event] : []
  } catch {
    return []
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function facts({ attributes }: LogRecord): LogRecord['attributes'] {
  const { 'log.record.uid': _uid, 'proofpoint.body.removed_fields': _removed, ...rest } = attributes
  return rest
}
