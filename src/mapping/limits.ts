/** Keeps attributes within what stores take; the body has the whole. */
import type { Attribute, AttributeValue } from './attributes/attribute.ts'
import { type AttributeName, attributes } from './attributes.ts'

const MAX_BYTES = 4096
const MAX_ELEMENTS = 200

/** What names a mail or an event is never cut: joins and duplicates are found by it. */
const identities: ReadonlySet<AttributeName> = new Set([
  'log.record.uid',
  'proofpoint.message.guid',
  'proofpoint.message.qid',
  'email.message_id',
  'proofpoint.cluster.id',
  'proofpoint.pod.maillog.id',
  'proofpoint.pod.audit.id',
  'proofpoint.tap.event.id',
])

const ownLimits = new Map(
  Object.entries<Attribute>(attributes).flatMap(([name, { limit }]) =>
    limit === undefined ? [] : [[name, limit]],
  ),
)

/** How many elements a list may have. */
export const mostElements = (name: AttributeName): number => ownLimits.get(name) ?? MAX_ELEMENTS

/**
 * The value with texts of at most 4 KiB and lists of at most 200 elements (or the attribute's own limit); `name` is added to
 * `cut` when something had to go. Lone surrogates, which UTF-8 cannot carry, become U+FFFD. Lists of one group have the same
 * length, so they are cut at the same index.
 */
export function limited(name: AttributeName, value: AttributeValue, cut: string[]): AttributeValue {
  if (typeof value === 'string') {
    if (fits(value)) return value
    const kept = identities.has(name) ? value.toWellFormed() : limitedText(value)
    if (kept.length < value.length) cut.push(name)
    return kept
  }
  return Array.isArray(value) ? limitedList(name, value, cut) : value
}

function limitedList(name: AttributeName, value: string[] | number[], cut: string[]): string[] | number[] {
  const limit = mostElements(name)
  if (value.length <= limit && value.every(fitsInList)) return value
  const kept = value
    .slice(0, limit)
    .map(element => (typeof element === 'number' ? element : limitedText(element)))
  if (kept.length < value.length || kept.some((element, i) => isShorter(element, value[i]))) cut.push(name)
  return kept as string[] | number[]
}

const fits = (text: string): boolean => text.length * 3 <= MAX_BYTES && text.isWellFormed()

const fitsInList = (element: string | number): boolean => typeof element === 'number' || fits(element)

const isShorter = (kept: unknown, value: unknown): boolean =>
  typeof kept === 'string' && typeof value === 'string' && kept.length < value.length

/** At most 4 KiB of UTF-8, cut between characters; lone surrogates become U+FFFD. */
export function limitedText(text: string): string {
  if (fits(text)) return text
  const wellFormed = text.toWellFormed()
  const { read } = new TextEncoder().encodeInto(wellFormed, new Uint8Array(MAX_BYTES))
  return wellFormed.slice(0, read)
}
