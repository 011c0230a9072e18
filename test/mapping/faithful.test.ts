/** What a record keeps of its event, whatever the event is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMapping } from '../../src/mapping/library.ts'
import { type Kind, kinds } from '../../src/pipeline.ts'
import { OBSERVED_AT } from '../support/map-event.ts'

const structured = createMapping({ body: 'structured' })
const full = createMapping({ attributes: 'full', unmappedList: true })
const anyKind = fc.constantFrom(...kinds)

describe('the body', () => {
  const toRecord = createMapping({ content: 'keep' })

  test('is any text as it was sent', () => {
    const text = fc.string({ unit: 'binary' }).filter(value => !value.endsWith('\n'))
    fc.assert(
      fc.property(anyKind, text, (kind, value) => {
        expect(toRecord(kind, value, OBSERVED_AT).body).toBe(value)
      }),
    )
  })

  test('is any JSON as it was sent, however it is written', () => {
    fc.assert(
      fc.property(anyKind, fc.jsonValue(), fc.constantFrom('', ' ', '\n\t'), (kind, value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(toRecord(kind, text, OBSERVED_AT).body).toBe(text)
        expect(toRecord(kind, `${text}\r\n`, OBSERVED_AT).body).toBe(text)
      }),
    )
  })

  test('as a map holds the whole event, below 64 levels as JSON text', () => {
    const levels = fc.array(fc.constantFrom('list', 'object'), { maxLength: 150 })
    const leaf = fc.constantFrom(1, 'a', null, true)
    const inside = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf))
    fc.assert(
      fc.property(levels, inside, (nesting, innermost) => {
        const event = {
          ts: '2024-05-22T12:10:03Z',
          guid: 'g',
          deep: JSON.parse(
            JSON.stringify(
              nesting.reduce<unknown>(
                (value, level) => (level === 'list' ? [1, value] : { key: value }),
                innermost,
              ),
            ),
          ),
        }
        const { body } = structured('pod.message', JSON.stringify(event), OBSERVED_AT)
        expect(unfolded(body, 0)).toEqual(event)
      }),
    )
  })

  /** The map with what is JSON text at the 65th level read again; a text that stood there is itself. */
  function unfolded(value: unknown, depth: number): unknown {
    if (depth === 64) return typeof value === 'string' && /^[[{]/.test(value) ? JSON.parse(value) : value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(element => unfolded(element, depth + 1))
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, unfolded(child, depth + 1)]))
  }
})

describe('the uid', () => {
  const shuffled = (value: unknown): fc.Arbitrary<unknown> => {
    if (typeof value !== 'object' || value === null) return fc.constant(value)
    const parts: [string, unknown][] = Object.entries(value)
    const inOrder = fc
      .tuple(...parts.map(([key, child]) => shuffled(child).map(part => [key, part] as const)))
      .chain(entries => fc.shuffledSubarray(entries, { minLength: entries.length }))
    return inOrder.map(entries =>
      Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries),
    )
  }
  const threat = fc.record({
    threatID: fc.string(),
    threatTime: fc.constantFrom(null, '2024-06-24T21:20:01Z'),
  })
  const element = fc.record({
    GUID: fc.string(),
    messageTime: fc.constantFrom('2024-06-24T21:18:38.000Z', 'never'),
    recipient: fc.array(fc.string()),
    messageParts: fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }))),
    threatsInfoMap: fc.array(threat),
    other: fc.jsonValue({ maxDepth: 3 }),
  })

  const uidOf = (kind: Kind, event: unknown): string => full(kind, JSON.stringify(event), OBSERVED_AT).uid

  test('of a TAP event does not depend on the order of its keys and lists', () => {
    const kind: fc.Arbitrary<Kind> = fc.constantFrom(
      'tap.message.delivered',
      'tap.click.blocked',
      'tap.unknown',
    )
    const twice = element.chain(one => fc.tuple(fc.constant(one), shuffled(one)))
    fc.assert(
      fc.property(kind, twice, (of, [one, other]) => {
        expect(uidOf(of, other)).toBe(uidOf(of, one))
      }),
    )
  })

  test('of a TAP event is another one when one more recipient is named', () => {
    fc.assert(
      fc.property(element, fc.string(), (one, recipient) => {
        const more = { ...one, recipient: [...one.recipient, recipient] }
        expect(uidOf('tap.message.blocked', more)).not.toBe(uidOf('tap.message.blocked', one))
      }),
    )
  })
})

test('of equal keys the last one counts', () => {
  const key = fc.constantFrom('guid', 'id', 'ts', 'GUID', 'subject', 'filter', 'sm', 'audit', '__proto__', '')
  const value = fc.oneof(
    fc.constantFrom('a', '2024-05-22T12:10:03Z', null),
    fc.dictionary(fc.constantFrom('qid', 'from', 'action', '__proto__'), fc.constantFrom('b', 'c', 5)),
  )
  fc.assert(
    fc.property(anyKind, fc.array(fc.tuple(key, value)), (kind, members) => {
      const text = members.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`).join(',')
      const { body: _, ...record } = full(kind, `{${text}}`, OBSERVED_AT)
      const { body: __, ...last } = full(kind, JSON.stringify(Object.fromEntries(members)), OBSERVED_AT)
      expect(record).toEqual(last)
    }),
  )
})
