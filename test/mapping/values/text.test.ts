import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/mapping/values/parse-json.ts'
import { decode, parse } from '../../../src/mapping/values/text.ts'

describe('decode', () => {
  it.each([
    ['{"a":1}\n', '{"a":1}'],
    ['{"a":1}\r\n', '{"a":1}'],
    ['one\n\n', 'one\n'],
    ['\n', ''],
    ['', ''],
    ['no break', 'no break'],
    ['grüße 𝄞', 'grüße 𝄞'],
  ])('strips one final line break: %j', (sent, text) => {
    expect(decode(Buffer.from(sent))).toEqual({ text, valid: true })
  })

  it('replaces invalid sequences and says so', () => {
    const bytes = Buffer.from([0x22, 0xff, 0x41, 0xc3, 0x22])
    expect(decode(bytes)).toEqual({ text: '"\ufffdA\ufffd"', valid: false })
  })

  it('tells a sent U+FFFD from a replaced one', () => {
    expect(decode(Buffer.from('\ufffd'))).toEqual({ text: '\ufffd', valid: true })
  })

  it('keeps a byte order mark', () => {
    expect(decode(Buffer.from('\ufeff{}')).text).toBe('\ufeff{}')
  })
})

describe('parse', () => {
  it('reads JSON, with a byte order mark or without', () => {
    expect(parse('{"a":[1,null]}')).toEqual({ value: { a: [1, null] }, repaired: false })
    expect(parse('\ufeff{"a":1}')).toEqual({ value: { a: 1 }, repaired: false })
    expect(parse('null')).toEqual({ value: null, repaired: false })
  })

  it('escapes raw control characters inside strings, and only there', () => {
    const text = '{\n\t"tab\there":"line\r\nbreak\u0000 \\" \\\\",\r\n"b":"\u001f"}'
    expect(parse(text)).toEqual({
      value: { 'tab\there': 'line\r\nbreak\u0000 " \\', b: '\u001f' },
      repaired: true,
    })
  })

  it.each(['', ' ', '{', '{"a":1', 'nonsense', '{"a":"b\n', "{'a':1}", '[1,]', '\u0000{}', '{"a":"\\\n"}'])(
    'is undefined for what is not JSON: %j',
    text => {
      expect(parse(text)).toBeUndefined()
    },
  )

  it('does not throw for deep nesting', () => {
    expect(() => parse('['.repeat(200_000))).not.toThrow()
    expect(() => parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).not.toThrow()
    expect(() => parse(`${'[1,'.repeat(50_000)}1${']'.repeat(50_000)}`, source => source)).not.toThrow()
  })

  it('rewrites the numbers of any JSON, and nothing that only looks like one', () => {
    const numbersAsText = (value: unknown): unknown => {
      if (typeof value === 'number') return JSON.stringify(value)
      if (Array.isArray(value)) return value.map(numbersAsText)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbersAsText(inner)]))
    }
    const like = fc.constantFrom('1', '-1.5e3', '"1', '\\', '1"', '{"a":1}', '\\"-2')
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: fc.oneof(like, fc.string()) as never }),
        fc.nat(4),
        (value, indent) => {
          const json = JSON.stringify(value, undefined, indent)
          expect(parse(json, source => source)?.value).toEqual(parseJson(json))
          expect(parse(json, source => `"${source}"`)?.value).toEqual(numbersAsText(parseJson(json)))
        },
      ),
    )
  })

  it('takes the key __proto__ as any other', () => {
    const value = parse('{"__proto__":{"polluted":true}}')?.value
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(value).not.toHaveProperty('polluted')
  })
})
