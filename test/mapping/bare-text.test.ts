/** What a rule says it does to a bare text, it does: such texts are copied as bytes, and the rule itself is not asked. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tables } from '../../src/mapping/tables.ts'

const rows = Object.entries(tables).flatMap(([kind, { rows }]) =>
  rows.flatMap(({ to, rule }) => (rule.ofBareText === undefined ? [] : [{ kind, to, rule }])),
)

/** In ASCII, without blanks around it. */
const bareText = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
  .map(text => text.trim())
  .filter(text => text !== '')

test('there are such rules', () => expect(rows.length).toBeGreaterThan(50))

test.each(rows)('$kind $to', ({ rule: { derive, ofBareText, reads } }) => {
  expect(reads).toHaveLength(1)
  fc.assert(
    fc.property(bareText, text => {
      expect(derive(text)).toBe(ofBareText === 'lower case' ? text.toLowerCase() : text)
    }),
  )
})
