import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KnownError } from '../../../src/errors.ts'
import { elementScanner } from '../../../src/proofpoint/tap/elements.ts'

/** Scans `answer` in chunks that end at `cuts`. */
function scan(answer: string | Buffer, cuts: readonly number[] = []) {
  const bytes = Buffer.from(answer)
  const bounds = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  const scanner = elementScanner()
  const found = bounds.slice(1).flatMap((end, i) => [...scanner.push(bytes.subarray(bounds[i], end))])
  const queryEndTime = scanner.end()
  return { queryEndTime, found: found.map(({ array, bytes }) => [array, bytes.toString()]) }
}

function fault(answer: string): string {
  try {
    scan(answer)
  } catch (error) {
    return (error as KnownError).code
  }
  return 'none'
}

const cuts = fc.array(fc.nat(), { maxLength: 20 })
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
const text = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ',', ':', 'é', '🦊', '\n', '\u0000'),
})
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)

/** Source text of a JSON value with white space in every place where it may stand. */
const { source } = fc.letrec<{ source: string }>(tie => ({
  source: fc.oneof(
    { depthSize: 'small' },
    scalar.map(value => JSON.stringify(value)),
    fc
      .array(spaced(tie('source')), { maxLength: 4 })
      .chain(items => space.map(s => `[${items.join(',') || s}]`)),
    fc
      .array(fc.tuple(spaced(text.map(name => JSON.stringify(name))), spaced(tie('source'))), {
        maxLength: 4,
      })
      .chain(members => space.map(s => `{${members.map(member => member.join(':')).join(',') || s}}`)),
  ),
}))

function spaced(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(space, inner, space).map(parts => parts.join(''))
}

const arrayName = fc.oneof(fc.constantFrom('messagesDelivered', 'clicksBlocked'), text)
/** An array of elements, each with the white space that stands around it. */
const elementArray = fc.record({
  name: arrayName,
  elements: fc.array(fc.tuple(space, source, space), { maxLength: 5 }),
  spaces: fc.tuple(space, space, space, space),
})

test('every element comes out as its own bytes, whatever the white space and wherever the chunks end', () => {
  fc.assert(
    fc.property(fc.array(elementArray, { minLength: 1, maxLength: 4 }), cuts, (arrays, cuts) => {
      const answer = `{${arrays
        .map(({ name, elements, spaces: [a, b, c, d] }) => {
          const items = elements.map(parts => parts.join('')).join(',')
          return `${a}${JSON.stringify(name)}${b}:${c}[${items || a}]${d}`
        })
        .join(',')}}`
      JSON.parse(answer)
      const expected = arrays.flatMap(({ name, elements }) => elements.map(([, element]) => [name, element]))
      expect(scan(answer, cuts).found).toEqual(expected)
    }),
  )
})

test('bytes that are no valid UTF-8 pass unchanged', () => {
  const element = Buffer.from([0x22, 0xff, 0xc3, 0x80, 0x22])
  const answer = Buffer.concat([Buffer.from('{"clicksBlocked":['), element, Buffer.from(']}')])
  const scanner = elementScanner()
  expect([...scanner.push(answer)]).toEqual([{ array: 'clicksBlocked', bytes: element }])
  expect(scanner.end()).toBeUndefined()
})

test('an answer that is cut off anywhere never passes as complete', () => {
  const answer =
    '{"queryEndTime":"2026-11-22T10:00:00Z","messagesDelivered":[{"a":[1,{"b":"]}"}]},2],"clicksBlocked":[]}'
  expect(fault(answer)).toBe('none')
  for (let length = 0; length < answer.length; length++) {
    expect(fault(answer.slice(0, length)), answer.slice(0, length)).toBe('tap-broken-answer')
  }
})

test('queryEndTime is found before, between and after the arrays', () => {
  const time = '"queryEndTime":"2026-11-22T10:00:00Z"'
  for (const answer of [`{${time},"a":[1]}`, `{"a":[1],${time},"b":[]}`, `{"a":[1],${time}}`]) {
    expect(scan(answer)).toEqual({ queryEndTime: '2026-11-22T10:00:00Z', found: [['a', '1']] })
  }
})

test('an object in the place of an array is its only element', () => {
  expect(scan('{"messagesDelivered": {"GUID":"g"} , "a":[]}').found).toEqual([
    ['messagesDelivered', '{"GUID":"g"}'],
  ])
})

test('members that cannot hold events are passed over', () => {
  expect(scan('{"total":3,"a":[true],"b":null,"c":"[1]"}').found).toEqual([['a', 'true']])
})

test('an element that is malformed but balanced is passed on as it is', () => {
  expect(scan('{"a":[{"x":1,,},{x:[1}]]}').found).toEqual([
    ['a', '{"x":1,,}'],
    ['a', '{x:[1}]'],
  ])
})

for (const [what, answer] of [
  ['nothing', ''],
  ['an HTML page', '<html></html>'],
  ['an array', '[{"a":1}]'],
  ['a text', '"ok"'],
  ['an object without events or time', '{"message":"access denied"}'],
  ['an empty object', '{}'],
  ['a member without a value', '{"a":}'],
  ['a name that is no string', '{a:[]}'],
  ['a name with an invalid escape', '{"\\x":[]}'],
  ['a missing comma between elements', '{"a":[1 2]}'],
  ['a missing comma between members', '{"a":[]"b":[]}'],
  ['a comma before the end of an array', '{"a":[1,]}'],
  ['a comma before the end', '{"a":[],}'],
  ['a second object', '{"a":[]}{"a":[]}'],
  ['an error page after the answer', '{"a":[]}<html>'],
  ['a bracket of the wrong kind', '{"a":[1}'],
] as const) {
  test(`${what} is a broken answer`, () => {
    expect(fault(answer)).toBe('tap-broken-answer')
  })
}

test('an element over 64 MiB is refused instead of taking all memory', () => {
  const scanner = elementScanner()
  Array.from(scanner.push(Buffer.from('{"a":["')))
  const megabyte = Buffer.alloc(2 ** 20, 'x')
  expect(() => {
    for (let i = 0; i <= 64; i++) Array.from(scanner.push(megabyte))
  }).toThrow('over 67108864 bytes')
})

test('many answers in a row are taken on request, and each must be one', () => {
  const scanner = elementScanner({ manyAnswers: true })
  const answers = '{"a":[1]}\n{"queryEndTime":"2026-11-22T10:00:00Z"}\n'
  expect(Array.from(scanner.push(Buffer.from(answers)), ({ array }) => array)).toEqual(['a'])
  expect(scanner.end()).toBe('2026-11-22T10:00:00Z')
  expect(() => Array.from(scanner.push(Buffer.from('{"message":"access denied"}')))).toThrow('neither events')
})

test('what stands before the place where an answer breaks comes out', () => {
  const elements = elementScanner().push(Buffer.from('{"a":[1,2,]}'))[Symbol.iterator]()
  expect([elements.next(), elements.next()].map(({ value }) => value.bytes.toString())).toEqual(['1', '2'])
  expect(() => elements.next()).toThrow('not expected there')
})
