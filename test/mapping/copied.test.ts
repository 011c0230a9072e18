/** Facts whose values are plain are copied as they were found: what comes of them is what their rules make of them. */
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchOf } from '../../src/batch.ts'
import { createMapper, mapperDefaults } from '../../src/mapping/mapper.ts'
import type { Form } from '../../src/mapping/slots.ts'
import { tables } from '../../src/mapping/tables.ts'
import { type Node, treeOf } from '../../src/mapping/tree.ts'
import { origins } from '../../src/otlp/resource.ts'
import { protobufSerializer } from '../../src/otlp/serialize.ts'
import type { Kind } from '../../src/pipeline.ts'
import { OBSERVED_AT } from '../support/map-event.ts'

type Mapped = Exclude<Kind, 'tap.unknown'>

const mapper = createMapper({
  origin: origins({ product: 'pod', account: 'example_hosted', version: '0.0.0', attributes: {} }),
  ...mapperDefaults,
  attributes: 'full',
  body: 'none',
})

/** The names of the attributes that were copied. */
function expectSame(kind: Mapped, text: string): string[] {
  const event = { kind, bytes: Buffer.from(text), observedAt: OBSERVED_AT }
  const record = mapper.map(event)
  const official = Buffer.from(ProtobufLogsSerializer.serializeRequest([record])!)
  // The second time rules are asked for less: what they said is remembered.
  for (let time = 1; time <= 2; time++)
    expect(Buffer.from(protobufSerializer()(batchOf([event], mapper)).bytes)).toEqual(official)
  const asked = new Set<string>()
  const none = () => {}
  mapper.write(event, {
    begin: none,
    body: none,
    bodyBytes: none,
    attribute: name => asked.add(name),
    keyValues: none,
    end: none,
    drop: none,
  })
  return Object.keys(record.attributes).filter(name => !asked.has(name))
}

const anyText = fc.oneof(
  fc.constantFrom('attached', 'Attachment', 'ATTACH', 'inline', 'atta', 'attaxx', 'None', 'example_hosted'),
  fc.constantFrom('TLSv1.2', 'SSLv3', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM', '**', 'de'),
  fc.constantFrom(
    '<a@b>',
    '<a',
    '<>',
    '< a>',
    'é',
    '“é”',
    'é\u00a0',
    '\u3000あ',
    'あ',
    'É',
    '"a" <b@c>',
    'a/b',
    '\\',
    'é"',
  ),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 140 }).filter(text => text.trim() === text),
)
const oddAddresses = [
  ...[
    'a@b',
    'a.b+c/d@e-f.example',
    "o'k@x.y",
    'a..b@c',
    '@b',
    'a@',
    'a@b@c',
    'a b@c',
    '<a@b>',
    'a@Example.ORG',
  ],
  ...[
    'a(b)@c',
    'a:b@c',
    'a;b@c',
    'a,b@c',
    '"a"@b',
    'a\\b@c',
    '[a]@b',
    'a=b@c',
    '=?utf-8?q?a?=b@c.org',
    'a>b@c',
    'a?b@c',
  ],
  'a@b c',
  'é@b.c',
  'a\u00a0b@c.d',
  'a\u007f@b',
]
const oddIps = [
  ...['0.0.0.0', '255.255.255.255', '256.1.1.1', '01.2.3.4', '1.2.3', '1.2.3.4.5', '1.2.3.4.', '1..3.4'],
  ...['2001:DB8::1', '[192.0.2.1]', '1.2.3.0004', '00.1.1.1', '400.000.000'],
]
const texts = {
  'any text': anyText,
  'mail addresses': fc.oneof(fc.emailAddress(), fc.constantFrom(...oddAddresses)),
  'IPv4 addresses': fc.oneof(fc.ipV4(), fc.constantFrom(...oddIps)),
}

const wholeNumber = fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 999_999_999))
const seconds = fc.oneof(
  fc
    .tuple(fc.oneof(fc.nat(1_100_000), fc.nat(50_000_000)), fc.nat(9), fc.nat(999_999_999))
    .map(([s, digits, ns]) =>
      Number(
        `${s}.${String(ns)
          .padStart(9, '0')
          .slice(0, digits + 1)}`,
      ),
    ),
  fc.constantFrom(999_999, 1_000_000, 999_999.999999999, 0.1, 1e-9, 1e-10),
)
const plainValues = (text: fc.Arbitrary<string>): Readonly<Record<Form, fc.Arbitrary<unknown>>> => ({
  text,
  number: fc.oneof(wholeNumber, seconds),
  boolean: fc.boolean(),
  scalar: text,
})
const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ' a',
    'b\t',
    'é',
    '\\"',
    null,
    -1,
    1.5,
    1e9,
    2 ** 53,
    'true',
    '12',
    [],
    {},
    'x'.repeat(1_025),
  ),
  fc.oneof(...Object.values(plainValues(anyText))),
  fc.array(anyText, { maxLength: 2 }),
)

/** Any object along the known paths. `oddness`: the share of values of other types, in percent. */
function eventOf(node: Node, plain: ReturnType<typeof plainValues>, oddness: number): fc.Arbitrary<unknown> {
  const children = [...node.children.values()].filter(({ isBody }) => !isBody)
  const shapes: fc.WeightedArbitrary<unknown>[] = []
  if (node.leaf) shapes.push({ arbitrary: plain[node.leaf.form], weight: 100 - oddness })
  if (node.elements)
    shapes.push({
      arbitrary: fc.array(eventOf(node.elements, plain, oddness), { maxLength: 4 }),
      weight: 100 - oddness,
    })
  if (children.length > 0)
    shapes.push({
      arbitrary: fc.record(
        Object.fromEntries(
          children.map(child => [
            child.path.slice(node.path.length).replace(/^\./, ''),
            eventOf(child, plain, oddness),
          ]),
        ),
        { requiredKeys: [] },
      ),
      weight: 100 - oddness,
    })
  if (oddness > 0 || shapes.length === 0) shapes.push({ arbitrary: odd, weight: Math.max(oddness, 1) })
  return fc.oneof(...shapes)
}

/** The mapper looks at it itself. */
const LOOKED_AT = 'error.type'

describe.each(Object.entries(tables))('%s', (kind, table) => {
  const { root } = treeOf(table, { anyCase: kind.startsWith('tap.') })

  test('whatever the rules would copy is copied', () => {
    const copied = new Set<string>()
    for (const text of Object.values(texts))
      fc.assert(
        fc.property(eventOf(root, plainValues(text), 0), event => {
          for (const name of expectSame(kind as Mapped, JSON.stringify(event))) copied.add(name)
        }),
        { numRuns: 250 },
      )
    const named = table.rows.filter(({ to, rule }, i) => {
      const isFirst = table.rows.findIndex(row => row.to === to) === i
      return isFirst && rule.ofPlain && to && to !== LOOKED_AT
    })
    expect([...copied].sort()).toEqual(named.map(({ to }) => to).sort())
  })

  test('values of other types are left to the rules', () => {
    fc.assert(
      fc.property(eventOf(root, plainValues(fc.oneof(...Object.values(texts))), 10), event => {
        expectSame(kind as Mapped, JSON.stringify(event))
      }),
      { numRuns: 300 },
    )
  })
})

const actions = (count: number, text: string) =>
  JSON.stringify({ filter: { actions: new Array(count).fill({ module: text, rule: text, action: text }) } })

test.each<[string, string, number]>([
  ['as many elements as an attribute may have', actions(200, 'a'), 3],
  ['one element more', actions(201, 'a'), 0],
  ['texts as long as are copied', actions(3, 'a'.repeat(1_024)), 3],
  ['a longer text', actions(3, 'a'.repeat(1_025)), 0],
  ['more text than there is room for', actions(200, 'a'.repeat(1_000)), 1],
])('%s', (_, event, copied) => {
  expect(expectSame('pod.message', event)).toHaveLength(copied)
})

test('what a rule said is said again of the same text only, however many there are', () => {
  const text = fc.oneof(
    fc.constantFrom(
      'TLSv1.2',
      'TLSv1.3',
      'SSLv3',
      'NONE',
      'none',
      '**',
      'smtp:esmtp',
      'AES128-SHA',
      'AES256-SHA',
    ),
    // Those up to 48 bytes are remembered.
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 3 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 46, maxLength: 50 }),
  )
  const inbound = fc.record({ version: text, cipher: text })
  const connection = fc.record({ country: text, protocol: text, tls: fc.record({ inbound }) })
  let remembered = 0
  fc.assert(
    fc.property(connection, connection => {
      remembered += expectSame('pod.message', JSON.stringify({ connection })).filter(name =>
        name.startsWith('tls.'),
      ).length
    }),
    { numRuns: 2_000 },
  )
  expect(remembered).toBeGreaterThan(1_000)
})
