/** `JSON.parse` with a reviver, which would tell the digits, spoils the memory of the process when such a text breaks off. */
import { expect, test } from 'vitest'
import { canonical } from '../../../src/mapping/values/canonical.ts'
import { parse } from '../../../src/mapping/values/text.ts'

const numbers = Array.from({ length: 700 }, (_, i) => i).join(',')
const texts = Array.from({ length: 900 }, (_, i) => `"s${i}"`).join(',')
const brokenOff = (depth: number) => `${`{"a":[9007199254740993,${numbers},`.repeat(depth)}{"b":[${texts}`

test('long numbers in deep text that breaks off do no harm', () => {
  for (const depth of [1, 2, 3, 5, 10, 50, 300, 600]) {
    for (const end of ['', ',x', ',"unterminated']) {
      const text = brokenOff(depth) + end
      expect(parse(text, source => source)).toBeUndefined()
      expect(canonical(text, { kind: 'tap' })).toBeUndefined()
      expect(JSON.parse(JSON.stringify({ depth: [depth, { end }] }))).toEqual({ depth: [depth, { end }] })
    }
  }
})
