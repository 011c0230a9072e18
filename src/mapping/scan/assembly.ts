/**
 * The half of the scanner that is WebAssembly (assembly/), once in the process: one text is read at a time, and V8 sets aside
 * eight gigabytes of addresses for each memory. To import it throws `KnownError` `wasm-unavailable` where that cannot be had.
 */
import { isUtf8 } from 'node:buffer'
import { KnownError } from '../../errors.ts'
import type { AttributeValue } from '../attributes/attribute.ts'
import { MOST_ELEMENTS } from '../fill.ts'
import { contentKeys, namesContent } from '../values/content.ts'
import { scanBinary } from './binary.ts'
import * as layout from './layout.ts'

/** What is put into the memory of a node; the path tells equal trees apart from others. */
export interface PlacedNode {
  readonly path: string
  /** As in layout.ts. */
  readonly flags: number
  /** The number of the node for the elements, when a list is known here, else 0. */
  readonly elements: number
  /** The numbers of the slots of the values and of the count, -1 for none. */
  readonly slot: number
  readonly countSlot: number
}

/** What is put into the memory of a slot. */
export interface PlacedSlot {
  /** The number of the node for the elements whose values it has, 0 for none. */
  readonly list: number
}

/** A fact that is copied, or that cannot be. */
export interface PlacedFact {
  readonly name: string
  /** As in layout.ts. */
  readonly how: number
  readonly wants: number
  readonly as: number
  /** '' for none. */
  readonly needless: string
  readonly only: number
  readonly mostElements: number
  /** The number of the fact before that has the same name, -1 for none. */
  readonly before: number
  /** By their numbers. */
  readonly slots: readonly number[]
}

/** How a text is to be scanned. */
export interface Way {
  /** As `addTree` returned it. */
  readonly place: number
  /** Whether unknown members are found. */
  readonly tellsUnknown: boolean
  /** Whether a string that could name message content makes a text not plain. */
  readonly isGuarded: boolean
  /** The number of the child with this key, 0 for none. */
  readonly childOf: (node: number, key: string) => number
}

/** Of assembly/scan.ts and assembly/copy.ts. */
interface Exports {
  prepare(elements: number, length: number, letter: number, otherLength: number, otherLetter: number): void
  scan(root: number, length: number, tellsUnknown: boolean, isGuarded: boolean): number
  copyFacts(facts: number, count: number): void
  remember(fact: number, what: number, first: number, second: number): number
}

const PAGE_BYTES = 65_536

const memory = available(() => new WebAssembly.Memory({ initial: Math.ceil(layout.TREES / PAGE_BYTES) }))
let bytes = Buffer.from(memory.buffer)
let words = new Int32Array(memory.buffer)
let way: Way | undefined

/** The compiler names what is declared after the file that declares it. */
const imports = {
  env: { memory },
  scan: {
    childOf: (node: number, from: number, to: number): number =>
      way!.childOf(node, bytes.toString('latin1', from, to)),
    isBlankString: (from: number, to: number): boolean => JSON.parse(textOf(from, to)).trim() === '',
  },
  ends: {
    namesContent: (from: number, to: number): boolean => namesContent(bytes.toString('latin1', from, to)),
  },
}
const instance = available(
  () => new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(scanBinary, 'base64')), imports),
)
const { prepare, scan, copyFacts, remember: placeToRemember } = instance.exports as Exports
// Of a third one nothing would be known there.
const [key, otherKey]: readonly [string, string] = contentKeys
prepare(MOST_ELEMENTS, key.length, key.charCodeAt(0), otherKey.length, otherKey.charCodeAt(0))

const placed = new Map<string, number>()
let end = layout.TREES

/** The place of what has this shape; made by `fill` where there is none so far. What is equal is there once. */
function placeOf(shape: unknown, size: number, fill: (place: number) => void): number {
  const key = JSON.stringify(shape)
  const known = placed.get(key)
  if (known !== undefined) return known
  const place = end
  const missing = place + size - memory.buffer.byteLength
  if (missing > 0) {
    memory.grow(Math.ceil(missing / PAGE_BYTES))
    bytes = Buffer.from(memory.buffer)
    words = new Int32Array(memory.buffer)
  }
  fill(place)
  end += Math.ceil(size / 4) * 4
  placed.set(key, place)
  return place
}

function put(place: number, fields: Readonly<Record<number, number>>): void {
  for (const [offset, value] of Object.entries(fields)) words[(place + Number(offset)) / 4] = value
}

/** A tree in memory. */
export interface PlacedTree {
  readonly place: number
  /** Of the slot with number 0. */
  readonly slots: number
}

const placeOfSlot = ({ slots }: PlacedTree, slot: number): number => slots + slot * layout.SLOT_BYTES

/**
 * Makes a tree known, its root first; returns where it is. Equal trees are one, which learns for all of them: `traits` tells apart
 * those that know their keys in another way.
 */
export function addTree(
  nodes: readonly PlacedNode[],
  slots: readonly PlacedSlot[],
  traits: readonly unknown[],
): PlacedTree {
  const shape = [
    traits,
    nodes.map(({ path, flags, elements, slot, countSlot }) => [path, flags, elements, slot, countSlot]),
    slots.map(({ list }) => list),
  ]
  const size = nodes.length * layout.NODE_BYTES + slots.length * layout.SLOT_BYTES
  const treeAt = (place: number) => ({ place, slots: place + nodes.length * layout.NODE_BYTES })
  const place = placeOf(shape, size, place => {
    const tree = treeAt(place)
    const nodeAt = (number: number) => place + number * layout.NODE_BYTES
    const placeOrNone = (slot: number) => (slot < 0 ? 0 : placeOfSlot(tree, slot))
    for (const [number, { flags, elements, slot, countSlot }] of nodes.entries())
      put(nodeAt(number), {
        [layout.FLAGS]: flags,
        [layout.ELEMENTS]: elements === 0 ? 0 : nodeAt(elements),
        [layout.SLOT]: placeOrNone(slot),
        [layout.COUNT_SLOT]: placeOrNone(countSlot),
      })
    for (const [number, { list }] of slots.entries())
      put(placeOfSlot(tree, number), { [layout.LIST]: list === 0 ? 0 : nodeAt(list) })
  })
  return treeAt(place)
}

/**
 * Makes the facts of a tree known; returns their place. The keys are of ASCII, and shorter than 128. Equal ones of one tree are one, and
 * what a rule said is said again for all of them: facts of equal form must have equal rules.
 */
export function addFacts(facts: readonly PlacedFact[], tree: PlacedTree): number {
  if (facts.length > layout.MOST_FACTS) throw new Error(`there are more than ${layout.MOST_FACTS} facts`)
  const keys = facts.map(({ name }) => Buffer.from(`\n${String.fromCharCode(name.length)}${name}`))
  const needlessTexts = facts.map(({ needless }) => Buffer.from(needless))
  const tableBytes = facts.length * layout.FACT_BYTES
  const slotsBytes = 4 * sum(facts, ({ slots }) => slots.length)
  const rememberedBytes = sum(facts, ({ how }) => (how === layout.AGAIN ? REMEMBERED_BYTES : 0))
  const textsBytes = sum([...keys, ...needlessTexts], ({ length }) => length)
  const size = tableBytes + slotsBytes + rememberedBytes + textsBytes + layout.PADDING
  return placeOf([tree.place, facts], size, table => {
    let slotsAt = table + tableBytes
    let rememberedAt = slotsAt + slotsBytes
    let textAt = rememberedAt + rememberedBytes
    const putText = (text: Buffer): number => {
      bytes.set(text, textAt)
      textAt += text.length
      return textAt - text.length
    }
    for (const [i, { how, wants, as, only, mostElements, before, slots }] of facts.entries()) {
      const key = keys[i]!
      const needless = needlessTexts[i]!
      put(table + i * layout.FACT_BYTES, {
        [layout.HOW]: how,
        [layout.WANTS]: wants,
        [layout.AS]: as,
        [layout.KEY]: putText(key),
        [layout.KEY_BYTES]: key.length,
        [layout.SLOTS]: slotsAt,
        [layout.SLOT_COUNT]: slots.length,
        [layout.MOST_ELEMENTS]: mostElements,
        [layout.ONLY]: only,
        [layout.BEFORE]: before,
        [layout.NEEDLESS]: putText(needless),
        [layout.NEEDLESS_BYTES]: needless.length,
        [layout.REMEMBERED]: rememberedAt,
      })
      for (const slot of slots) {
        words[slotsAt / 4] = placeOfSlot(tree, slot)
        slotsAt += 4
      }
      if (how === layout.AGAIN) rememberedAt += REMEMBERED_BYTES
    }
  })
}

const REMEMBERED_BYTES = layout.ENTRIES * layout.ENTRY_BYTES

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

/** `said`: by the rule of the fact at this place, of the text that was scanned last. Numbers and lists are not remembered. */
export function remember(fact: number, said: AttributeValue | undefined): void {
  if (said === undefined) placeToRemember(fact, layout.NOTHING, 0, 0)
  else if (typeof said === 'boolean') placeToRemember(fact, layout.BOOLEAN, Number(said), 0)
  else if (typeof said === 'string') {
    const length = Buffer.byteLength(said)
    if (length > layout.MOST_ANSWER) return
    const place = placeToRemember(fact, layout.BARE_TEXT, 0, length)
    if (place > 0) bytes.write(said, place)
  }
}

/** Scans a text. Returns how much of what was found is to be told; a negative number when the text is not plain. */
export function scanText(text: Buffer, given: Way): number {
  if (text.length > layout.MOST_TEXT || !isUtf8(text)) return layout.NOT_PLAIN
  bytes.set(text)
  bytes[text.length] = 0
  way = given
  return scan(way.place, text.length, way.tellsUnknown, way.isGuarded)
}

/** The memory, as words and as bytes, with what was found in the text that was scanned last. Good until a tree is added. */
export const memoryWords = (): Int32Array => words
export const memoryBytes = (): Buffer => bytes

/** The texts that were found, a character a byte, so that their places hold; only those in ASCII read right. */
export const textsFound = (): string =>
  bytes.toString('latin1', layout.TEXTS, layout.TEXTS + words[layout.TEXT_BYTES / 4]!)

/** What stands in the memory between two places, as UTF-8: of the text that was scanned last, or among those that were found. */
export const textOf = (from: number, to: number): string => bytes.toString('utf8', from, to)

export { copyFacts }

function available<Part>(make: () => Part): Part {
  try {
    return make()
  } catch (error) {
    throw new KnownError('wasm-unavailable', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}
