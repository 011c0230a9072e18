import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { removeContent } from '../../../src/mapping/values/content.ts'
import { parseJson } from '../../../src/mapping/values/parse-json.ts'

const base64 = 'msgParts[].dataBase64'
const extracted = 'msgParts[].textExtracted'

describe('removeContent', () => {
  it.each<[string, string, string[]]>([
    ['{"msgParts":[{"dataBase64":"x"}]}', '{"msgParts":[{}]}', [base64]],
    ['{"msgParts":[{"dataBase64":"x","md5":"1"}]}', '{"msgParts":[{"md5":"1"}]}', [base64]],
    ['{"msgParts":[{"md5":"1","dataBase64":"x"}]}', '{"msgParts":[{"md5":"1"}]}', [base64]],
    [
      '{"msgParts":[{"a":1,"dataBase64":"x","textExtracted":"y"}]}',
      '{"msgParts":[{"a":1}]}',
      [base64, extracted],
    ],
    [
      '{"msgParts":[{"textExtracted":"y","dataBase64":"x","a":1}]}',
      '{"msgParts":[{"a":1}]}',
      [extracted, base64],
    ],
    [
      '{"msgParts":[{"textExtracted":"y","a":1,"dataBase64":"x"}]}',
      '{"msgParts":[{"a":1}]}',
      [extracted, base64],
    ],
    ['{"msgParts":[{"textExtracted":"y","dataBase64":"x"}]}', '{"msgParts":[{}]}', [extracted, base64]],
    [
      '{"msgParts":[{"dataBase64":"x"},{"dataBase64":"y"}],"z":1.0}',
      '{"msgParts":[{},{}],"z":1.0}',
      [base64],
    ],
    ['{"msgParts":{"dataBase64":"x","a":1}}', '{"msgParts":{"a":1}}', [base64]],
    ['{"msgParts":[{"dataBase64":{"deep":["x"]},"a":1}]}', '{"msgParts":[{"a":1}]}', [base64]],
    ['{"msgParts":[{"dataBase64":null,"dataBase64":"x","a":1}]}', '{"msgParts":[{"a":1}]}', [base64]],
    ['{"msgParts":[{"dataBase64":"\\"}],\\\\","a":1}]}', '{"msgParts":[{"a":1}]}', [base64]],
    ['{"msgParts":[{"dataBase64":"raw\nbreak","a":1}]}', '{"msgParts":[{"a":1}]}', [base64]],
    ['{"msgParts":[{"data\\u0042ase64":"x","a":1}]}', '{"msgParts":[{"a":1}]}', [base64]],
    [
      '{"msg\\u0050arts":[{"\\u0074ext\\u0045xtracted":"x","a":1}]}',
      '{"msg\\u0050arts":[{"a":1}]}',
      [extracted],
    ],
    [
      '{"msgParts":[{"dat\\u006ABase64":"k","dat\\u0061Bas\\u00656\\u0034":"x"}]}',
      '{"msgParts":[{"dat\\u006ABase64":"k"}]}',
      [base64],
    ],
    ['\ufeff{"msgParts":[{"dataBase64":"x"}]}', '\ufeff{"msgParts":[{}]}', [base64]],
    ['{ "msgParts" : [ { "dataBase64" : "x" , "a" : 1 } ] }', '{ "msgParts" : [ {  "a" : 1 } ] }', [base64]],
    [
      '{ "msgParts" : [ { "a" : 1 ,\n"dataBase64" : "x"\n} ] }',
      '{ "msgParts" : [ { "a" : 1\n} ] }',
      [base64],
    ],
  ])('cuts the member and its comma: %j', (text, expected, removed) => {
    expect(removeContent(text)).toEqual({ text: expected, removed })
  })

  it.each([
    '{"msgParts":[["dataBase64"],"textExtracted"],"a":"\\"dataBase64\\" 1"}',
    '{"msgParts":[{"data Base64":"x","dataBase64 ":1,"a\\"dataBase64":2}]}',
    '["dataBase64","x"]',
    '"dataBase64"',
    '{"msgParts":[]}',
    'no JSON at all',
    '',
  ])('leaves %j as it is', text => {
    expect(removeContent(text)).toEqual({ text, removed: [] })
  })

  it.each<[string, string, string[]]>([
    ['{"dataBase64":"x"}', '{}', ['*.dataBase64']],
    ['{"msgParts":[{"metadata":{"dataBase64":"x"}}]}', '{"msgParts":[{"metadata":{}}]}', ['*.dataBase64']],
    [
      '{"event":{"msgParts":[{"a":1,"dataBase64":"x","textExtracted":"y"}]}}',
      '{"event":{"msgParts":[{"a":1}]}}',
      ['*.dataBase64', '*.textExtracted'],
    ],
    ['[{"msgParts":[{"textExtracted":"x","a":1}]}]', '[{"msgParts":[{"a":1}]}]', ['*.textExtracted']],
    ['{"msgParts":[[{"dataBase64":"x"}]]}', '{"msgParts":[[{}]]}', ['*.dataBase64']],
    [
      '{"msgParts":[{"dataBase64":"x","parts":[{"textExtracted":{"textExtracted":["y"]},"a":1}]}]}',
      '{"msgParts":[{"parts":[{"a":1}]}]}',
      [base64, '*.textExtracted'],
    ],
    ['{"MSGPARTS":[{"dataBase64":"x"}]}', '{"MSGPARTS":[{}]}', ['*.dataBase64']],
    [
      '{"msgParts":[{"TextExtracted":"x" , "a":1 , "DATABASE64":"y"}]}',
      '{"msgParts":[{ "a":1 }]}',
      ['*.TextExtracted', '*.DATABASE64'],
    ],
    ['{"x":{"d\\u0041taBase64":"x","textExtracted":2}}', '{"x":{}}', ['*.dAtaBase64', '*.textExtracted']],
    ['{"a":"\\\\","dataBase64":"raw\nbreak"}', '{"a":"\\\\"}', ['*.dataBase64']],
    [
      String.raw`"{\"msgParts\":[{\"textExtracted\":\"SECRET\"}]}"`,
      String.raw`"{\"msgParts\":[{\"textExtracted\":"`,
      ['*.textExtracted'],
    ],
    [
      String.raw`{"log":"{\"dataBase64\" : \"a, b\"}","a":1}`,
      String.raw`{"log":"{\"dataBase64\" : ","a":1}`,
      ['*.dataBase64'],
    ],
  ])('cuts a member of that name in any other place, too: %j', (text, expected, removed) => {
    expect(removeContent(text)).toEqual({ text: expected, removed })
  })

  it('leaves no member of that name in JSON of any shape, and everything else as it is', () => {
    const isName = (key: string) => /^(?:dataBase64|textExtracted)$/i.test(key)
    const cleaned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(cleaned)
      if (typeof value !== 'object' || value === null) return value
      const kept = Object.entries(value).filter(([key]) => !isName(key))
      return Object.fromEntries(kept.map(([key, child]) => [key, cleaned(child)]))
    }
    const key = fc.constantFrom(
      'dataBase64',
      'TEXTextracted',
      'DataBase64',
      'msgParts',
      'a',
      '"dataBase64',
      '\\',
    )
    const { tree } = fc.letrec(tie => ({
      tree: fc.oneof(
        { depthSize: 'medium' },
        key,
        fc.integer(),
        fc.array(tie('tree')),
        fc.dictionary(key, tie('tree')),
      ),
    }))
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 1), (value, indent) => {
        expect(parseJson(removeContent(JSON.stringify(value, null, indent)).text)).toEqual(cleaned(value))
      }),
    )
  })

  it('looks for it at any depth', () => {
    const deep = (inner: string) => `${'{"a":['.repeat(5000)}${inner}${']}'.repeat(5000)}`
    expect(removeContent(deep('{"dataBase64":1}')).text).toBe(deep('{}'))
  })

  it.each<[string, string, string[]]>([
    ['{"msgParts":[{"dataBase64":"SECRET', '{"msgParts":[{"dataBase64":', [base64]],
    ['{"msgParts":[{"dataBase64":"SECRET"},{"md5":', '{"msgParts":[{},{"md5":', [base64]],
    [
      '{"msgParts":[{"textExtracted":"SEC"RET","a":1}]}',
      '{"msgParts":[{"textExtracted":,"a":1}]}',
      [extracted],
    ],
    ['{"a":[, "msgParts":[{"dataBase64":"SECRET"}]}}', '{"a":[, "msgParts":[{"dataBase64":}]}}', [base64]],
    [
      'half a frame","dataBase64" : "SECRET" , "guid":"g"',
      'half a frame","dataBase64" :  , "guid":"g"',
      [base64],
    ],
    [String.raw`{"a":[{"textExtracted":"says \"SEC\", SECRET`, '{"a":[{"textExtracted":', [extracted]],
    [String.raw`{"log":"{\"dataBase64\":\"SECRET, SECRET`, String.raw`{"log":"{\"dataBase64\":`, [base64]],
    ['{"TextExtracted":"SECRET', '{"TextExtracted":', ['msgParts[].TextExtracted']],
    ['{"msgParts":[{"data\\u0042ase64" "SECRET"}]}', '{"msgParts":[{"data\\u0042ase64" }]}', [base64]],
    [
      '{"msgParts":[{"dataBase64":["SECRET","b"],"textExtracted":{"a":"SECRET"',
      '{"msgParts":[{"dataBase64":,"textExtracted":',
      [base64, extracted],
    ],
  ])('empties the keys wherever they stand when the text is not JSON: %j', (text, expected, removed) => {
    expect(removeContent(text)).toEqual({ text: expected, removed })
  })

  it('leaves everything else of the event, whatever it is', () => {
    const part = fc.oneof(
      fc.dictionary(
        fc.constantFrom('dataBase64', 'textExtracted', 'md5', 'urls', ''),
        fc.jsonValue({ maxDepth: 3 }),
      ),
      fc.jsonValue({ maxDepth: 1 }).filter(value => value === null || typeof value !== 'object'),
    )
    const event = fc.record({
      before: fc.jsonValue({ maxDepth: 3 }),
      msgParts: fc.oneof(fc.array(part), part),
      after: fc.jsonValue({ maxDepth: 3 }),
    })
    fc.assert(
      fc.property(event, fc.constantFrom(undefined, 2), (value, indent) => {
        const { text, removed } = removeContent(JSON.stringify(value, null, indent))
        const parts = [value.msgParts].flat()
        const names = ['dataBase64', 'textExtracted'].filter(name =>
          parts.some(one => typeof one === 'object' && one !== null && Object.hasOwn(one, name)),
        )
        const sent = parseJson(JSON.stringify(value)) as typeof value
        expect(parseJson(text)).toEqual({ ...sent, msgParts: stripped(sent.msgParts) })
        expect(removed.toSorted()).toEqual(names.map(name => `msgParts[].${name}`))
      }),
    )
  })

  it('lets no content through from a text that breaks off anywhere', () => {
    const text =
      '{"guid":"g","msgParts":[{"md5":"1","dataBase64":"SECRETS","urls":[]},{"textExtracted":"a \\"SECRETS\\""}],"ts":""}'
    expect(removeContent(text).text).toBe('{"guid":"g","msgParts":[{"md5":"1","urls":[]},{}],"ts":""}')
    for (let end = 0; end <= text.length; end++) {
      expect(removeContent(text.slice(0, end)).text).not.toContain('SEC')
    }
  })

  it('lets no content through when its quotes are not escaped', () => {
    const content = fc.string({ unit: fc.constantFrom('S', '"', ' ', '\\', '{', '[', ':') })
    fc.assert(
      fc.property(content, value => {
        const text = `{"msgParts":[{"textExtracted":"${value}S","md5":"1"}],"ts":"t"}`
        expect(removeContent(text).text).not.toContain('S')
      }),
    )
  })

  it('takes out a quarter of a million members', () => {
    const text = `{"msgParts":[{"a":1${',"dataBase64":""'.repeat(250_000)}}]}`
    expect(removeContent(text).text).toBe('{"msgParts":[{"a":1}]}')
  })

  it('takes out megabytes', () => {
    const big = 'A'.repeat(8_000_000)
    const text = `{"msgParts":[{"dataBase64":"${big}","md5":"1"},{"textExtracted":"${'\\n'.repeat(1_000_000)}"}]}`
    expect(removeContent(text).text).toBe('{"msgParts":[{"md5":"1"},{}]}')
  })
})

function stripped(parts: unknown): unknown {
  if (Array.isArray(parts)) return parts.map(stripped)
  if (typeof parts !== 'object' || parts === null) return parts
  const { dataBase64: _, textExtracted: __, ...rest } = parts as Record<string, unknown>
  return rest
}
