import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cap } from '../../../src/mapping/values/cap.ts'
import { parseJson } from '../../../src/mapping/values/parse-json.ts'

describe('cap', () => {
  it('leaves a text that is not over the limit, counted in bytes', () => {
    expect(cap('{"a":"é"}', 10)).toBeUndefined()
    expect(cap('{"a":"é"}', 9)).toEqual({ text: '{}', removed: ['a'], originalSize: 10 })
  })

  it('takes out the largest value', () => {
    const text = `{"guid":"g","big":"${'x'.repeat(100)}","ts":"t"}`
    expect(cap(text, 60)).toEqual({
      text: '{"guid":"g","ts":"t"}',
      removed: ['big'],
      originalSize: text.length,
    })
  })

  it('opens objects and lists when little inside is enough, and names places as they were', () => {
    const urls = Array.from({ length: 30 }, (_, i) => ({ url: `https://x.test/${i}` }))
    const text = JSON.stringify({ guid: 'g', msgParts: [{ md5: '0' }, { md5: '1', urls }, { md5: '2' }] })
    expect(cap(text, 200)).toEqual({
      text: '{"guid":"g","msgParts":[{"md5":"0"},{"md5":"1"},{"md5":"2"}]}',
      removed: ['msgParts[1].urls'],
      originalSize: text.length,
    })
  })

  it('takes out several when one is not enough', () => {
    const text = JSON.stringify({ a: 'x'.repeat(50), b: 'x'.repeat(60), c: 'x'.repeat(40), d: 1 })
    expect(cap(text, 60)?.removed).toEqual(['b', 'a'])
    expect(cap(text, 60)?.text).toBe(`{"c":"${'x'.repeat(40)}","d":1}`)
  })

  it('leaves what stands beside a large value, also when that is not enough', () => {
    const big = 'x'.repeat(100)
    const text = JSON.stringify({ msg: { from: 'a', trail: { one: big } }, urls: [big, 'b'], ts: 't' })
    expect(cap(text, 80)).toEqual({
      text: '{"msg":{"from":"a","trail":{}},"urls":["b"],"ts":"t"}',
      removed: ['msg.trail.one', 'urls[0]'],
      originalSize: text.length,
    })
  })

  it('takes out whole what would have to give many small values', () => {
    const list = (length: number) => Array.from({ length }, () => ({ md5: 'x' }))
    const text = JSON.stringify({ a: list(100), b: list(80), c: list(2) })
    expect(cap(text, 60)?.removed).toEqual(['a', 'b'])
  })

  it('takes elements out of a list at the top', () => {
    expect(cap(`[1,"${'x'.repeat(50)}",2]`, 20)).toMatchObject({ text: '[1,2]', removed: ['[1]'] })
  })

  it('leaves the rest byte for byte', () => {
    expect(cap(`{ "n" : 1.0 , "big":"${'x'.repeat(50)}" , "e":"\\u00e9" }`, 40)?.text).toBe(
      '{ "n" : 1.0 , "e":"\\u00e9" }',
    )
  })

  it.each([
    ['plain text that is no JSON', 10, 'plain text'],
    ['ééé', 5, 'éé'],
    ['a😀b', 4, 'a'],
    ['"one huge string"', 5, '"one '],
    ['{"broken":', 4, '{"br'],
    ['text', 0, ''],
  ])('cuts what has no values to take out: %j to %d', (text, maxBytes, expected) => {
    expect(cap(text, maxBytes)).toEqual({
      text: expected,
      removed: [],
      originalSize: Buffer.byteLength(text),
    })
  })

  it('names what stands under an empty key by its path', () => {
    const text = JSON.stringify({ '': { a: 'x'.repeat(90), b: 1 } })
    expect(cap(text, 50)).toMatchObject({ text: '{"":{"b":1}}', removed: ['.a'] })
  })

  it('gives JSON within the limit, and no more is gone than it says', () => {
    const event = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 }))
    fc.assert(
      fc.property(
        event,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(undefined, 1),
        (value, share, indent) => {
          const text = JSON.stringify(value, null, indent)
          const maxBytes = Math.floor(2 + share * Buffer.byteLength(text))
          const capped = cap(text, maxBytes)
          if (!capped) {
            expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
            return
          }
          expect(Buffer.byteLength(capped.text)).toBeLessThanOrEqual(maxBytes)
          fc.pre(capped.text !== '' && indent === undefined)
          const kept = parseJson(capped.text) as Record<string, unknown>
          const touched = Object.keys(value).filter(
            key => JSON.stringify(kept[key]) !== JSON.stringify(value[key]),
          )
          for (const key of touched) {
            expect(
              capped.removed.some(
                path => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`),
              ),
            ).toBe(true)
          }
          expect(capped.removed.length).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('takes a megabyte of deep or wide JSON', () => {
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`
    expect(Buffer.byteLength(cap(deep, 1000)?.text ?? deep)).toBeLessThanOrEqual(1000)
    const wide = JSON.stringify({ urls: Array.from({ length: 50_000 }, (_, i) => ({ i })), guid: 'g' })
    expect(cap(wide, 1000)).toMatchObject({ text: '{"guid":"g"}', removed: ['urls'] })
    const many = JSON.stringify(Array.from({ length: 50_000 }, (_, i) => ({ i })))
    const kept = JSON.parse(cap(many, many.length / 2)?.text ?? '[]')
    expect(kept.length).toBeGreaterThan(20_000)
  })
})
