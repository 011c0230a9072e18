/**
 * Reads an event straight from its bytes, along the tree of known paths. The same slots and the same reports as those of
 * collect.ts, for every event that is plain; what is not is left to it. The bytes are gone through in WebAssembly (assembly.ts),
 * whose findings are read here.
 */
import * as byte from '../../ascii.ts'
import { tellType, tellValue } from '../fill.ts'
import type { Fact } from '../plan.ts'
import type { Slots } from '../slots.ts'
import type { Tree } from '../tree.ts'
import { type OnUnknown, reportLeaves } from '../unknown.ts'
import { parseJson } from '../values/parse-json.ts'
import { addTree, memoryWords, scanText, textOf, type Way } from './assembly.ts'
import { type Copier, createCopier } from './copier.ts'
import { type Cuts, noCuts } from './cuts.ts'
import { createFound } from './found.ts'
import { knownOf } from './known.ts'
import * as layout from './layout.ts'

interface Scan {
  readonly slots: Slots
  /** The message content in the text. */
  readonly content: Cuts
  readonly copier: Copier
}

interface ScannerOptions {
  readonly used: ReadonlySet<number>
  readonly hasContent: boolean
  readonly onUnknown?: OnUnknown | undefined
  /** Those that may be copied. */
  readonly facts?: readonly Fact[]
}

/** More unknown keys in one object are not compared with one another. */
const MOST_UNKNOWN_KEYS = 16
const INDEX = /^\d+$/

/**
 * Makes the scanner of a tree; it takes the event's text, and answers undefined when it is not plain: no UTF-8, over 1 MB, no
 * JSON object; in an object that the tree knows a known key twice, or any key with escapes or beyond ASCII; more elements in a
 * list or values than there is room for; message content in an unusual place; where unknown paths are told,
 * unknown keys whose order is not certain. `used`: the slots that can be asked for. `hasContent`: message content is looked for.
 */
export function createScanner(
  tree: Tree,
  { used, hasContent, onUnknown, facts = [] }: ScannerOptions,
): (text: Buffer) => Scan | undefined {
  const known = knownOf(tree, { used, hasContent })
  const { nodes } = known
  const placed = addTree(nodes, known.slots, [hasContent, tree.keyOf('A')])
  const way: Way = {
    place: placed.place,
    tellsUnknown: onUnknown !== undefined,
    isGuarded: hasContent,
    childOf(node, key) {
      const { children } = nodes[node]!
      return children.get(key) ?? children.get(tree.keyOf(key)) ?? 0
    },
  }
  const found = createFound(known, placed)
  const copier = createCopier(facts, placed)

  /** Tells so much of what was found; false when it turns out that the text is not plain. */
  function tell(count: number): boolean {
    const words = memoryWords()
    let unknownKeys: Map<number, string[]> | undefined
    for (let i = 0; i < count; i++) {
      const finding = words[layout.TOLD / 4 + i]!
      const node = nodes[words[(finding + layout.FINDING_NODE) / 4]!]!
      const first = words[(finding + layout.FINDING_FIRST) / 4]!
      const second = words[(finding + layout.FINDING_SECOND) / 4]!
      switch (words[finding / 4]) {
        case layout.UNEXPECTED:
          tellType(typeOf(first), node, onUnknown)
          break
        case layout.UNKNOWN: {
          unknownKeys ??= new Map()
          const object = words[(finding + layout.FINDING_THIRD) / 4]!
          const before = unknownKeys.get(object) ?? []
          unknownKeys.set(object, before)
          if (!tellUnknown(`{${textOf(first, second)}}`, node.path, before)) return false
          break
        }
        default: {
          const value = found.valueAt(finding)
          tellValue(value, node.leaf?.read(value), node, onUnknown)
        }
      }
    }
    return true
  }

  let paths: readonly string[] = []
  /** The message content in the text; equal lists of paths are one. */
  function contentOf(words: Int32Array): Cuts {
    const count = words[layout.CUT_COUNT / 4]!
    if (count === 0) return noCuts
    const pathAt = (i: number) => nodes[words[layout.CUT_NODES / 4 + i]!]!.path
    const length = words[layout.CUT_NODE_COUNT / 4]!
    if (paths.length !== length || paths.some((path, i) => path !== pathAt(i)))
      paths = Array.from({ length }, (_, i) => pathAt(i))
    const begin = layout.CUTS / 4
    return { places: words.subarray(begin, begin + 2 * count), paths }
  }

  /** Objects have their keys once, and those that look like indices first: then the order of the text is not theirs. */
  function tellUnknown(member: string, path: string, before: string[]): boolean {
    for (const [key, value] of Object.entries(Object(parseJson(member)))) {
      if (before.length === MOST_UNKNOWN_KEYS || before.includes(key) || INDEX.test(key)) return false
      before.push(key)
      reportLeaves(value, path ? `${path}.${key}` : key, onUnknown!)
    }
    return true
  }

  const { slots } = found
  return text => {
    const count = scanText(text, way)
    if (count < 0) return undefined
    found.begin()
    if (!tell(count)) return undefined
    return { slots, content: contentOf(memoryWords()), copier }
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
