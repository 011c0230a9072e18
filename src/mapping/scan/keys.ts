/** The tree of known paths made ready for a scanner, which learns in which order and spelling events have the keys. */
import { UNUSED } from '../fill.ts'
import type { Leaf, Node, Tree } from '../tree.ts'
import { contentPaths } from '../values/content.ts'
import { MOST_SPELLING_FOURS, type Spelling } from './json.ts'

/** A node of the tree. What is looked at first stands first: it is more costly to fetch it from memory than to read. */
export interface Known extends Spelling {
  /** The number of the object in which it was met last. */
  metIn: number
  /** Which sibling came after it: the last one, and the last other one. */
  next: Known | undefined
  otherNext: Known | undefined
  /** The same of its first child. */
  first: Known | undefined
  otherFirst: Known | undefined
  /** Whether a single value stands here. */
  readonly isSingle: boolean
  readonly path: string
  /** Its slot is `UNUSED` when no value is asked for. */
  readonly leaf: Leaf | undefined
  /** Whether nothing is asked of a text that stands here. */
  readonly ignoresText: boolean
  /** The slot that takes a text as it is. */
  readonly spanSlot: number | undefined
  readonly isBody: boolean
  /** Undefined when no key is known here. */
  readonly children: ReadonlyMap<string, Known> | undefined
  readonly elements: Known | undefined
  readonly columns: readonly number[]
  readonly countSlot: number | undefined
  /** Whether what stands here is message content, and whether that is so of a child. */
  readonly isContent: boolean
  readonly holdsContent: boolean
}

/**
 * `used`: the slots that are to be filled. `reports`: whether what is unreadable is told. `hasContent`: whether the events
 * may have members with message content.
 */
export function knownOf(
  { root }: Tree,
  { used, reports, hasContent }: { used: ReadonlySet<number>; reports: boolean; hasContent: boolean },
): Known {
  const leafOf = (leaf: Leaf): Leaf => ({
    ...leaf,
    slot: used.has(leaf.slot) ? leaf.slot : UNUSED,
    isReadable: reports ? leaf.isReadable : undefined,
  })
  const fours = new Int32Array(MOST_SPELLING_FOURS * countOf(root))
  let nodes = 0
  const ofNode = (node: Node): Known => {
    const leaf = node.leaf && leafOf(node.leaf)
    const children = new Map([...node.children].map(([key, child]) => [key, ofNode(child)]))
    return {
      length: 0,
      fours,
      place: MOST_SPELLING_FOURS * nodes++,
      metIn: 0,
      next: undefined,
      otherNext: undefined,
      first: undefined,
      otherFirst: undefined,
      isSingle: leaf !== undefined && !node.isBody && node.elements === undefined,
      path: node.path,
      leaf,
      ignoresText: leaf?.form === 'text' && leaf.slot === UNUSED && leaf.isReadable === undefined,
      spanSlot: leaf && takesSpans(leaf) ? leaf.slot : undefined,
      isBody: node.isBody,
      children: children.size > 0 ? children : undefined,
      elements: node.elements && ofNode(node.elements),
      columns: node.columns.filter(column => used.has(column)),
      countSlot: node.countSlot,
      isContent: hasContent && contentPaths.includes(node.path),
      holdsContent: children.values().some(({ isContent }) => isContent),
    }
  }
  return ofNode(root)
}

const takesSpans = ({ slot, form, isColumn, isReadable }: Leaf): boolean =>
  slot !== UNUSED && !isColumn && isReadable === undefined && (form === 'text' || form === 'scalar')

const countOf = ({ children, elements }: Node): number =>
  [...children.values(), ...(elements ? [elements] : [])].reduce((sum, child) => sum + countOf(child), 1)
