import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJson } from '../../../src/mapping/values/parse-json.ts'

it('reads a key with escapes as itself after one that V8 takes it for', () => {
  expect(parseJson('{"first":[],"\\\\u00":0}')).toEqual({ first: [], '\\u00': 0 })
  const disguised = '{"first":1,"\\u0067uid":"g"}'
  expect(parseJson(disguised)).toEqual({ first: 1, guid: 'g' })
})

it('is still needed: V8 takes one key for another', () => {
  JSON.parse('{"place":[],"\\\\u00":0}')
  expect(JSON.parse('{"place":1,"\\u0067uid":"g"}')).toEqual({ place: 1, '\\u00': 'g' })
})

it('does not mind a colon or a bracket inside a string, nor a key without escapes', () => {
  const text = '{ "a\\n" :"{[:,\\"]}" , "b":[{"c":"\\\\"},{},[],null] }'
  expect(parseJson(text)).toEqual({ 'a\n': '{[:,"]}', b: [{ c: '\\' }, {}, [], null] })
})

it('keeps the order, the last of two equal keys, and __proto__ as a key', () => {
  const value = parseJson('{"b\\n":1,"a":2,"b\\u000a":3,"2":4,"__proto__":{"x":5}}')
  expect(Object.entries(value as object)).toEqual([
    ['2', 4],
    ['b\n', 3],
    ['a', 2],
    ['__proto__', { x: 5 }],
  ])
})

it('takes any depth', () => {
  const deep = `{"a\\n":${'[{"b":'.repeat(100_000)}1${'}]'.repeat(100_000)}}`
  expect(Object.keys(parseJson(deep) as object)).toEqual(['a\n'])
})

const key = fc
  .array(fc.constantFrom('\\', 'u', '0', 'n', '"', '\n', '\ud800', '__proto__', ':'), { maxLength: 3 })
  .map(pieces => pieces.join(''))

it('reads back what was written, whatever was read before', () => {
  const value = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(1, 'x', '', true, null, '{"\\":'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(members => Object.fromEntries(members)),
    ),
  })).value
  fc.assert(
    fc.property(value, fc.nat(2), (any, indent) => {
      expect(parseJson(JSON.stringify(any, undefined, indent))).toEqual(any)
    }),
    { numRuns: 1000 },
  )
})
