/**
 * The half of the scanner that is WebAssembly (assembly/), once in the process: one text is read at a time, and V8 sets aside
 * eight gigabytes of addresses for each memory. To import it throws `KnownError` `wasm-unavailable` where that cannot be had.
 */
import { isUtf8 } from 'node:buffer'
import { KnownError } from '../../errors.ts'
import { MOST_ELEMENTS } from '../fill.ts'
import { contentKeys, namesContent } from '../values/content.ts'
import { scanBinary } from './binary.ts'
import { ELEMENTS, FLAGS, MOST_TEXT, NODE_BYTES, NODES, NOT_PLAIN, TEXTS } from './layout.ts'

/** What is put into the memory of a node; the path tells equal trees apart from others. */
export interface PlacedNode {
  readonly path: string
  /** As in layout.ts. */
  readonly flags: number
  /** The number of the node for the elements, when a list is known here, else 0. */
  readonly elements: number
}

/** How a text is to be scanned. */
export interface Way {
  /** As `addTree` returned it. */
  readonly root: number
  /** Whether unknown members are found. */
  readonly tellsUnknown: boolean
  /** Whether a string that could name message content makes a text not plain. */
  readonly isGuarded: boolean
  /** The number of the child with this key, 0 for none. */
  readonly childOf: (node: number, key: string) => number
}

/** Of assembly/scan.ts. */
interface Exports {
  prepare(elements: number, length: number, letter: number, otherLength: number, otherLetter: number): void
  scan(root: number, length: number, tellsUnknown: boolean, isGuarded: boolean): number
  textBytes(): number
}

const PAGE_BYTES = 65_536

const memory = available(() => new WebAssembly.Memory({ initial: Math.ceil(NODES / PAGE_BYTES) }))
let bytes = Buffer.from(memory.buffer)
let words = new Int32Array(memory.buffer)
let texts = bytes.subarray(TEXTS, NODES)
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
const { prepare, scan, textBytes } = instance.exports as Exports
// Of a third one nothing would be known there.
const [key, otherKey]: readonly [string, string] = contentKeys
prepare(MOST_ELEMENTS, key.length, key.charCodeAt(0), otherKey.length, otherKey.charCodeAt(0))

const roots = new Map<string, number>()
let end = NODES

/**
 * Makes a tree known, its root first; returns the place of the root. Equal trees are one, which learns for all of them:
 * `traits` tells apart those that know their keys in another way.
 */
export function addTree(nodes: readonly PlacedNode[], traits: readonly unknown[]): number {
  const shape = JSON.stringify([traits, nodes.map(({ path, flags, elements }) => [path, flags, elements])])
  const found = roots.get(shape)
  if (found !== undefined) return found
  const root = end
  const missing = root + nodes.length * NODE_BYTES - memory.buffer.byteLength
  if (missing > 0) {
    memory.grow(Math.ceil(missing / PAGE_BYTES))
    bytes = Buffer.from(memory.buffer)
    words = new Int32Array(memory.buffer)
    texts = bytes.subarray(TEXTS, NODES)
  }
  for (const [number, { flags, elements }] of nodes.entries()) {
    const place = root + number * NODE_BYTES
    words[(place + FLAGS) / 4] = flags
    words[(place + ELEMENTS) / 4] = elements === 0 ? 0 : root + elements * NODE_BYTES
  }
  end += nodes.length * NODE_BYTES
  roots.set(shape, root)
  return root
}

/** Scans a text. Returns where its findings end; a negative number when the text is not plain. */
export function scanText(text: Buffer, given: Way): number {
  if (text.length > MOST_TEXT || !isUtf8(text)) return NOT_PLAIN
  bytes.set(text)
  bytes[text.length] = 0
  way = given
  return scan(way.root, text.length, way.tellsUnknown, way.isGuarded)
}

/** The memory, with the findings of the text that was scanned last. Good until a tree is added. */
export const memoryWords = (): Int32Array => words

/** The texts that were found, in ASCII one after the other; good until the next text is scanned, or a tree is added. */
export const textsFound = (): Buffer => texts

/** The same as a string. */
export const stringsFound = (): string => texts.toString('latin1', 0, textBytes())

/** A part of the text that was scanned last. */
export const textOf = (from: number, to: number): string => bytes.toString('utf8', from, to)

function available<Part>(make: () => Part): Part {
  try {
    return make()
  } catch (error) {
    throw new KnownError('wasm-unavailable', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}
