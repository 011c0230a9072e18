import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/pipeline.ts'
import { goldenCases, unpaired } from './golden-cases.ts'
import { goldenRecord, mapCase } from './golden-record.ts'

describe.each(kinds)('%s', kind => {
  const cases = goldenCases.filter(golden => golden.kind === kind)

  test.each(cases)('$name', async ({ source, expected, ...golden }) => {
    await expect(goldenRecord(mapCase({ ...golden, source }), source)).toMatchFileSnapshot(expected)
  })

  test.each(cases)('$name differs in nothing but attributes when all are asked for', golden => {
    const { core, full } = mapCase(golden)
    expect({ ...full, attributes: {} }).toEqual({ ...core, attributes: {} })
    expect(Object.keys(full.attributes)).toEqual(expect.arrayContaining(Object.keys(core.attributes)))
  })
})

test('every known kind has a dozen cases at least', () => {
  for (const kind of kinds.filter(name => name !== 'tap.unknown'))
    expect([kind, goldenCases.filter(golden => golden.kind === kind).length >= 12]).toEqual([kind, true])
})

test('every source stood beside its record before this run: a new record is to be read before it counts', () => {
  expect(unpaired).toEqual([])
})
