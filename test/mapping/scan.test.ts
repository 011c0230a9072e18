/**
 * What is scanned straight from the bytes is what the parsed form gives: the same values, reports and removed content. What
 * the scanner leaves to the parsed form needs no proof, but ordinary events must not be left.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planOf } from '../../src/mapping/plan.ts'
import { memoryWords } from '../../src/mapping/scan/assembly.ts'
import { MOST_TEXT } from '../../src/mapping/scan/layout.ts'
import { createScanner } from '../../src/mapping/scan/scanner.ts'
import { tables } from '../../src/mapping/tables.ts'
import { randomness } from '../../src/simulator/random.ts'
import { mutated } from '../fuzz/mutate.ts'
import { corpus, expectSame, valuesOf, waysOf } from '../support/scanned.ts'

describe('events as they come', () => {
  const scanned = corpus.filter(({ kind, bytes }) => expectSame(kind, bytes))

  test('are scanned, and give what their parsed form gives', () => {
    expect(scanned.length / corpus.length).toBeGreaterThan(0.9)
  })

  test('are scanned in any order of their keys, in any layout', () => {
    const { length } = scanned.filter(({ kind, bytes }) => {
      const reversed = JSON.stringify(backwards(JSON.parse(bytes.toString())), undefined, '\t ')
      return expectSame(kind, Buffer.from(`\r\n ${reversed} `))
    })
    expect(length / scanned.length).toBeGreaterThan(0.9)
  })
})

const backwards = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(backwards)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, backwards(child)]),
  )
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g
const oddTokens = [
  ...[
    '1234567.5',
    '999999.9',
    '-999999',
    '1000000',
    '-0.0',
    '999999.9e1',
    '"400.000.000"',
    '"1.2.3.4.5"',
    '"01.2.3.4"',
  ],
  ...[
    ...['2024-02-29T00:00:00Z', '2026-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z'],
    ...['2026-01-30T24:00:00Z', '2026-06-30T23:59:60Z', '2026-01-30T10:00:00.Z', '1970-01-01T00:00:00+14:00'],
    ...['1971-01-01 00:00:00.5+14:00', '2262-01-01T00:00:00Z', '2261-12-30T23:59:59.123456789012-2359'],
    ...[
      `2026-01-30T10:00:00.${'0'.repeat(5_000)}Z`,
      '2026-01-30t10:00:00z',
      '2026-01-30T10:00:00+24:00',
      '2026-01-30T10:00:00-07',
      '2026-01-30T10:00:00',
    ],
  ].map(time => `"${time}"`),
  ...['0', '-0', '-1', '1.0', '1e5', '1E+2', '2.5e-3', '1e999', '123456789012345678', '9007199254740993'],
  ...['01', '1.', '.5', '-', '+1', '1e', '0x1', 'NaN', 'Infinity', 'tru', 'truely', 'nullnull', "'a'"],
  ...['true', 'false', 'null', '[]', '{}', '[[]]', '[{}]', '[null]', '{"a":1}', '{"a":{"b":[1,{"c":""}]}}'],
  ...['""', '" "', '"\u00a0"', '"a"', '"12"', '" 12.5 "', '"TRUE"', '"2026-11-22T10:00:00Z"', '"192.0.2.1"'],
  ...[
    '"\\u0041"',
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\u12"',
    '"\\x"',
    '"\\"',
    '"\\\\"',
    '"\\/\\b\\f\\n\\r\\t"',
  ],
  ...['"é漢😀"', '"\u0000"', '"\n"', '"a\tb"', '"\u007f"', '"\u2028"', '\ufeff', '"', '\\', '\u0001'],
  ...['"__proto__"', '"constructor"', '"0"', '"1"', '"10"', '"01"', '"K"', '"\\u0067uid"', '"GUID"', '"ts"'],
  ...['"dataBase64"', '"textExtracted"', '"DATABASE64"', '"dataBase6\\u0034"', '"\\"dataBase64\\":1"'],
  ...['"msgParts"', '"filter"', '{', '}', '[', ']', ',', ':', ' ', '\n', ' , ', '/**/'],
]

interface Edit {
  readonly at: number
  readonly token: string
  readonly how: 'replace' | 'insert' | 'delete' | 'repeat'
  readonly count: number
}
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  token: fc.oneof(fc.constantFrom(...oddTokens), fc.double().map(String), fc.json()),
  how: fc.constantFrom('replace', 'replace', 'insert', 'delete', 'repeat'),
  count: fc.integer({ min: 1, max: 12 }),
})

function edited(text: string, edits: readonly Edit[]): string {
  const tokens: string[] = text.match(TOKEN) ?? []
  for (const { at, token, how, count } of edits) {
    const place = at % (tokens.length + 1)
    if (how === 'replace') tokens.splice(place, 1, token)
    else if (how === 'insert') tokens.splice(place, 0, token)
    else if (how === 'delete') tokens.splice(place, count)
    // Members twice in one object, elements twice in one list.
    else tokens.splice(place, 0, ...tokens.slice(place, place + count))
  }
  return tokens.join('')
}

test('events with other tokens, too many and too few give what their parsed form gives, or are left to it', () => {
  let scanned = 0
  fc.assert(
    fc.property(fc.constantFrom(...corpus), fc.array(edit, { maxLength: 4 }), ({ kind, bytes }, edits) => {
      scanned += Number(expectSame(kind, Buffer.from(edited(bytes.toString(), edits))))
    }),
    { numRuns: 10_000 },
  )
  expect(scanned).toBeGreaterThan(1_000)
})

test('damaged bytes give what their parsed form gives, or are left to it', () => {
  const drawsOf = randomness(7, 'scan')
  let scanned = 0
  for (let i = 0; i < 8_000; i++) {
    const draws = drawsOf(i)
    const { kind, bytes } = draws.pick(corpus)
    scanned += Number(expectSame(kind, mutated(bytes, draws.pick(corpus).bytes, draws)))
  }
  expect(scanned).toBeGreaterThan(200)
})

test('any JSON gives what its parsed form gives, or is left to it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...waysOf.keys()), fc.object({ withNullPrototype: false }), (kind, event) => {
      expectSame(kind, Buffer.from(JSON.stringify(event)))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  String.raw`{"x":{"\u0064ataBase64":"c"}}`,
  String.raw`{"x":["DATABASE6\u0034"]}`,
  '{"x":{"textextracted":"c"}}',
  String.raw`{"filter":{"x":"{\"textExtracted\":1}"}}`,
  String.raw`{"guid":"\"\u0044ataBase64\""}`,
  String.raw`{"guid":"\\\"DataBase64\\\""}`,
])('%s could hold message content, and is left to its parsed form', text => {
  expect(expectSame('pod.message', Buffer.from(text))).toBe(false)
})

test.each([
  '{"x":{"dataBase65":"c"}}',
  String.raw`{"filter":{"x":"{\"to\":1}"}}`,
  String.raw`{"guid":"a\\b\"c\"\n"}`,
])('%s could not, and is scanned', text => {
  expect(expectSame('pod.message', Buffer.from(text))).toBe(true)
})

test('what is deep and unknown is scanned, however deep', () => {
  for (const [open, close, times] of [
    ['[', ']', 100_000],
    ['{"a":', '}', 100_000],
    ['[1,{"b":0,"a":', '},2]', 50_000],
  ] as const) {
    const deep = `${open.repeat(times)}1${close.repeat(times)}`
    const { scannedSilently } = waysOf.get('pod.maillog')!
    expect(scannedSilently(Buffer.from(`{"deep":${deep},"ts":"when"}`))).toContain('when')
  }
})

test('an event with more values than there is room for is left to its parsed form', () => {
  const event = (values: number) =>
    Buffer.from(
      JSON.stringify({ sm: { to: Array.from({ length: values }, (_, i) => `<${i}@example.com>`) } }),
    )
  expect(expectSame('pod.maillog', event(19_000))).toBe(true)
  expect(expectSame('pod.maillog', event(21_000))).toBe(false)
})

test('an event with more message content than there is room for is left to its parsed form', () => {
  const part = { dataBase64: '', textExtracted: '', md5: 'a' }
  const event = (parts: number) => Buffer.from(JSON.stringify({ msgParts: new Array(parts).fill(part) }))
  expect(expectSame('pod.message', event(5_000))).toBe(true)
  expect(expectSame('pod.message', event(5_001))).toBe(false)
})

test('the longest text that is scanned fits, with what is found at its end, and the next one is not touched by it', () => {
  const event = (length: number) => {
    const [before, behind] = ['{"ts":"when","sm":{"stat":"', '"}}']
    return Buffer.from(`${before}${'x'.repeat(length - before.length - behind.length)}${behind}`)
  }
  expect(expectSame('pod.maillog', event(MOST_TEXT))).toBe(true)
  expect(expectSame('pod.maillog', event(100))).toBe(true)
  expect(expectSame('pod.maillog', event(MOST_TEXT + 1))).toBe(false)
})

test('a scanner that takes keys in any case teaches nothing to one that does not', () => {
  const { tree } = planOf(tables['pod.maillog'], { anyCase: false, attributes: 'full' })
  const used = new Set(Array.from({ length: tree.size }, (_, slot) => slot))
  const exact = createScanner(tree, { used, hasContent: false })
  const anyCase = createScanner({ ...tree, keyOf: key => key.toLowerCase() }, { used, hasContent: false })
  const line = Buffer.from('{"TS":"when"}')
  expect(valuesOf(anyCase(line)!.slots)).toContain('when')
  expect(valuesOf(exact(line)!.slots)).not.toContain('when')
})

test('scanners go on when the memory that they share grows, and equal ones share their tree', () => {
  const { tree } = planOf(tables['pod.maillog'], { anyCase: false, attributes: 'full' })
  const line = Buffer.from('{"id":"1","ts":"when","sm":{"qid":"a1"}}')
  const scannerOf = (used: Iterable<number>) =>
    createScanner(tree, { used: new Set(used), hasContent: false })
  const slots = Array.from({ length: tree.size }, (_, slot) => slot)
  const first = scannerOf(slots)
  const said = () => valuesOf(first(line)!.slots)
  const before = said()
  const small = memoryWords().length
  const trees = slots.map(slot => scannerOf(slots.slice(slot)))
  expect(memoryWords().length).toBeGreaterThan(small)
  for (const scan of trees) expect(scan(line)).toBeDefined()
  expect(said()).toEqual(before)
  const size = memoryWords().length
  for (let i = 0; i < 2_000; i++) scannerOf(slots)
  expect(memoryWords()).toHaveLength(size)
})
