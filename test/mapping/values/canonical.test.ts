import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../../src/mapping/values/canonical.ts'
import { removeContent } from '../../../src/mapping/values/content.ts'

const pod = (text: string) => canonical(text, { kind: 'pod' })
const tap = (text: string) => canonical(text, { kind: 'tap' })

/** JSON values whose keys are not left out of a PoD event. */
const json = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' })

describe('canonical', () => {
  it('is JCS, however the text is written', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        expect(pod(JSON.stringify(value, null, indent))).toBe(canonicalize(value))
      }),
    )
  })

  it('is JCS for any number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        fc.pre(!Number.isInteger(value) || Number.isSafeInteger(value))
        expect(pod(JSON.stringify({ value }))).toBe(canonicalize({ value }))
      }),
    )
  })

  it('sorts keys by UTF-16 code units', () => {
    expect(pod('{"\u20ac":1,"\\r":2,"\ufb33":3,"1":4,"😀":5,"\u0080":6,"ö":7}')).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"😀":5,"\ufb33":3}',
    )
  })

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['9007199254740991', '9007199254740991'],
    ['0.0', '0'],
    ['-0', '0'],
    ['1E2', '100'],
    ['1e30', '1e+30'],
    ['"9007199254740993"', '"9007199254740993"'],
  ])('writes %s as %s', (text, expected) => {
    expect(pod(`{"n":${text}}`)).toBe(`{"n":${expected}}`)
  })

  it('writes lone surrogates as lower-case escapes, other characters as themselves', () => {
    expect(pod('["\\uD800","\\u00E9\\/","\\u001F\\u0008"]')).toBe('["\\ud800","é/","\\u001f\\b"]')
  })

  it('takes the last of equal keys', () => {
    expect(pod('{"a":1,"b":2,"a":3}')).toBe('{"a":3,"b":2}')
    expect(pod('{"a":9007199254740993,"a":9007199254740995}')).toBe('{"a":9007199254740995}')
  })

  it('keeps __proto__ and reads raw control characters', () => {
    expect(pod('{"__proto__":{"a":"\u0001"}}')).toBe('{"__proto__":{"a":"\\u0001"}}')
  })

  it('leaves out what a PoD event may carry differently each time, and only there', () => {
    const text =
      '{"metadata":1,"msgParts":[{"dataBase64":"x","md5":"1","metadata":{"dataBase64":"k"}},"odd",{"textExtracted":2}],"filter":{"metadata":3,"dataBase64":4}}'
    expect(pod(text)).toBe(
      '{"filter":{"dataBase64":4,"metadata":3},"msgParts":[{"md5":"1","metadata":{"dataBase64":"k"}},"odd",{}]}',
    )
    expect(pod('{"msgParts":{"dataBase64":"x","md5":"1"}}')).toBe('{"msgParts":{"md5":"1"}}')
    expect(tap('{"metadata":1,"msgParts":[{"dataBase64":"x"}]}')).toBe(
      '{"metadata":1,"msgParts":[{"dataBase64":"x"}]}',
    )
  })

  it('is the same before and after message content is removed', () => {
    const part = fc.dictionary(fc.constantFrom('dataBase64', 'textExtracted', 'md5', 'urls'), json)
    fc.assert(
      fc.property(fc.array(part), json, (msgParts, other) => {
        const text = JSON.stringify({ other, msgParts })
        expect(pod(removeContent(text).text)).toBe(pod(text))
      }),
    )
  })

  it('keeps the order of PoD lists', () => {
    expect(pod('[3,1,2]')).toBe('[3,1,2]')
  })

  it('sorts TAP lists by their canonical elements, at all depths', () => {
    expect(tap('{"l":[{"b":[2,10,1]},{"a":1},"x",null,[]]}')).toBe(
      '{"l":["x",[],null,{"a":1},{"b":[1,10,2]}]}',
    )
  })

  it('does not depend on the order of TAP lists', () => {
    const lists = fc
      .array(json, { maxLength: 6 })
      .chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
    fc.assert(
      fc.property(lists, ([one, other]) => {
        expect(tap(JSON.stringify({ list: one }))).toBe(tap(JSON.stringify({ list: other })))
      }),
    )
  })

  it.each(['', 'x', '{"a":1', '{"a":1e400}'])('is undefined for %j', text => {
    expect(pod(text)).toBeUndefined()
    expect(tap(text)).toBeUndefined()
  })

  it('takes 500 levels and is undefined for more, however many', () => {
    const nested = (levels: number, inside = '') => '['.repeat(levels) + inside + ']'.repeat(levels)
    expect(pod(nested(500))).toBe(nested(500))
    for (const levels of [501, 10_000, 200_000]) {
      expect(pod(nested(levels))).toBeUndefined()
      expect(tap(nested(levels, '9007199254740993'))).toBeUndefined()
      expect(pod(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)).toBeUndefined()
    }
  })
})
