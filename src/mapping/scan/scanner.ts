/**
 * Fills the slots of an event straight from its bytes, along the tree of known paths. The same slots and the same reports as
 * those of collect.ts, for every event that is plain; what is not is left to it. The bytes are gone through in WebAssembly
 * (assembly.ts), whose findings are turned into values here.
 */
import * as byte from '../../ascii.ts'
import { createFiller } from '../fill.ts'
import type { Slots } from '../slots.ts'
import type { Tree } from '../tree.ts'
import { type OnUnknown, reportLeaves } from '../unknown.ts'
import { parseJson } from '../values/parse-json.ts'
import { addTree, memoryWords, scanText, stringsFound, textOf, textsFound, type Way } from './assembly.ts'
import { type Cuts, noCuts } from './cuts.ts'
import { type Known, knownOf } from './known.ts'
import * as layout from './layout.ts'

interface Scan {
  readonly slots: Slots
  /** The message content in the text. */
  readonly content: Cuts
}

interface ScannerOptions {
  readonly used: ReadonlySet<number>
  readonly hasContent: boolean
  readonly onUnknown?: OnUnknown | undefined
}

/** More unknown keys in one object are not compared with one another. */
const MOST_UNKNOWN_KEYS = 16
const INDEX = /^\d+$/

/**
 * Makes the scanner of a tree; it takes the event's text, and answers undefined when it is not plain: no UTF-8, over 1 MB, no
 * JSON object; in an object that the tree knows a known key twice, or any key with escapes or beyond ASCII; more elements in a
 * list or values than there is room for; message content in an unusual place; where unknown paths are told,
 * unknown keys whose order is not certain. `used`: the slots that are to be filled. `hasContent`: message content is looked for.
 */
export function createScanner(
  tree: Tree,
  { used, hasContent, onUnknown }: ScannerOptions,
): (text: Buffer) => Scan | undefined {
  const known = knownOf(tree, { used, reports: onUnknown !== undefined, hasContent })
  const filler = createFiller(tree.size, onUnknown)
  const way: Way = {
    root: addTree(known, [hasContent, tree.keyOf('A')]),
    tellsUnknown: onUnknown !== undefined,
    isGuarded: hasContent,
    childOf(node, key) {
      const { children } = known[node]!
      return children.get(key) ?? children.get(tree.keyOf(key)) ?? 0
    },
  }

  /** The message content; undefined when it turns out that the text is not plain. */
  function take(end: number, strings: string): Cuts | undefined {
    const words = memoryWords()
    let content: { places: number[]; paths: string[] } | undefined
    let unknownKeys: Map<number, string[]> | undefined
    for (let i = layout.FINDINGS / 4; i < end / 4; i += layout.FINDING_BYTES / 4) {
      const node = known[words[i + layout.FINDING_NODE / 4]!]!
      const first = words[i + layout.FINDING_FIRST / 4]!
      const second = words[i + layout.FINDING_SECOND / 4]!
      const third = words[i + layout.FINDING_THIRD / 4]!
      switch (words[i]) {
        case layout.SPAN:
          filler.span(first, second, node.leaf!.slot)
          break
        case layout.TEXT: {
          const text = strings.slice(first, second)
          if (node.keepsText) filler.keep(text, node.leaf!, third)
          else filler.single(text, node, third)
          break
        }
        case layout.TEXT_BEYOND_ASCII:
          filler.single(textOf(first, second).slice(1, -1), node, third)
          break
        case layout.TEXT_WITH_ESCAPES:
          filler.single(JSON.parse(textOf(first, second)), node, third)
          break
        case layout.INTEGER:
          filler.single(first, node, third)
          break
        case layout.NUMBER:
          filler.single(Number(strings.slice(first, second)), node, third)
          break
        case layout.BOOLEAN:
          filler.single(first === 1, node, third)
          break
        case layout.UNEXPECTED:
          filler.unexpected(typeOf(first), node)
          break
        case layout.LIST:
          filler.list(node.columns, first)
          break
        case layout.COUNT:
          filler.count(node.countSlot!, first)
          break
        case layout.CUT:
          content ??= { places: [], paths: [] }
          content.places.push(first, second)
          if (!content.paths.includes(node.path)) content.paths.push(node.path)
          break
        case layout.UNKNOWN: {
          unknownKeys ??= new Map()
          const before = unknownKeys.get(third) ?? []
          unknownKeys.set(third, before)
          if (!tellUnknown(`{${textOf(first, second)}}`, node, before)) return undefined
        }
      }
    }
    return content ?? noCuts
  }

  /** Objects have their keys once, and those that look like indices first: then the order of the text is not theirs. */
  function tellUnknown(member: string, { path }: Known, before: string[]): boolean {
    for (const [key, value] of Object.entries(Object(parseJson(member)))) {
      if (before.length === MOST_UNKNOWN_KEYS || before.includes(key) || INDEX.test(key)) return false
      before.push(key)
      reportLeaves(value, path ? `${path}.${key}` : key, onUnknown!)
    }
    return true
  }

  return text => {
    const end = scanText(text, way)
    if (end < 0) return undefined
    const strings = stringsFound()
    filler.begin(textsFound(), strings)
    const content = take(end, strings)
    return content && { slots: filler.slots, content }
  }
}

function typeOf(first: number): 'array' | 'object' | 'string' | 'number' | 'boolean' {
  switch (first) {
    case byte.OPEN_LIST:
      return 'array'
    case byte.OPEN_OBJECT:
      return 'object'
    case byte.QUOTE:
      return 'string'
    default:
      return first === byte.LOWER_T || first === byte.LOWER_F ? 'boolean' : 'number'
  }
}
