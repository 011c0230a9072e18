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

/** How many attributes were copied. */
function expectSame(kind: Mapped, text: string): number {
  const event = { kind, bytes: Buffer.from(text), observedAt: OBSERVED_AT }
  const record = mapper.map(event)
  const official = Buffer.from(ProtobufLogsSerializer.serializeRequest([record])!)
  expect(Buffer.from(protobufSerializer()(batchOf([event], mapper)).bytes)).toEqual(official)
  let asked = 0
  const none = () => {}
  mapper.write(event, {
    begin: none,
    body: none,
    bodyBytes: none,
    attribute: () => asked++,
    keyValues: none,
    end: none,
    drop: none,
  })
  return Object.keys(record.attributes).length - asked
}

const text = fc.oneof(
  fc.constantFrom(
    'attached',
    'Attachment',
    'ATTACH',
    'inline',
    'atta',
    'attaxx',
    'None',
    'TLSv1.2',
    'a@Example.ORG',
  ),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 140 }).filter(text => text.trim() === text),
)
const wholeNumber = fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 999_999_999))
const plain: Readonly<Record<Form, fc.Arbitrary<unknown>>> = {
  text,
  number: wholeNumber,
  boolean: fc.boolean(),
  scalar: text,
}
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
  fc.oneof(...Object.values(plain)),
  fc.array(text, { maxLength: 2 }),
)

/** Any object along the known paths. `oddness`: the share of values that are not plain, in percent. */
function eventOf(node: Node, oddness: number): fc.Arbitrary<unknown> {
  const children = [...node.children.values()].filter(({ isBody }) => !isBody)
  const shapes: fc.WeightedArbitrary<unknown>[] = []
  if (node.leaf) shapes.push({ arbitrary: plain[node.leaf.form], weight: 100 - oddness })
  if (node.elements)
    shapes.push({
      arbitrary: fc.array(eventOf(node.elements, oddness), { maxLength: 4 }),
      weight: 100 - oddness,
    })
  if (children.length > 0)
    shapes.push({
      arbitrary: fc.record(
        Object.fromEntries(
          children.map(child => [
            child.path.slice(node.path.length).replace(/^\./, ''),
            eventOf(child, oddness),
          ]),
        ),
        { requiredKeys: [] },
      ),
      weight: 100 - oddness,
    })
  if (oddness > 0 || shapes.length === 0) shapes.push({ arbitrary: odd, weight: Math.max(oddness, 1) })
  return fc.oneof(...shapes)
}

describe.each(Object.entries(tables))('%s', (kind, table) => {
  const { root } = treeOf(table, { anyCase: kind.startsWith('tap.') })

  test.each([0, 10])('with %i of a hundred values that are not plain', oddness => {
    let copied = 0
    const numRuns = 400
    fc.assert(
      fc.property(eventOf(root, oddness), event => {
        copied += expectSame(kind as Mapped, JSON.stringify(event))
      }),
      { numRuns },
    )
    expect(copied / numRuns).toBeGreaterThan(1)
  })
})

const actions = (count: number, text: string) =>
  JSON.stringify({ filter: { actions: new Array(count).fill({ module: text, rule: text, action: text }) } })

test.each([
  ['as many elements as an attribute may have', actions(200, 'a'), 3],
  ['one element more', actions(201, 'a'), 0],
  ['texts as long as are copied', actions(3, 'a'.repeat(1_024)), 3],
  ['a longer text', actions(3, 'a'.repeat(1_025)), 0],
  ['more text than there is room for', actions(200, 'a'.repeat(1_000)), 1],
])('%s', (_, event, copied) => {
  expect(expectSame('pod.message', event)).toBe(copied)
})
