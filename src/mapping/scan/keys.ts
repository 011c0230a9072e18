/** The tree of known paths made ready for a scanner, which learns in which order and spelling events have the keys. */
import { UNUSED } from '../fill.ts'
import type { Leaf, Node, Tree } from '../tree.ts'
import { contentPaths } from '../values/content.ts'
import type { Spelling } from './json.ts'

/** A node of the tree. */
export interface Known {
  readonly path: string
  /** Its slot is `UNUSED` when no value is asked for. */
  readonly leaf: Leaf | undefined
  /** Whether nothing is asked of a text that stands here. */
  readonly ignoresText: boolean
  readonly isBody: boolean
  /** Undefined when no key is known here. */
  readonly children: ReadonlyMap<string, Known> | undefined
  readonly elements: Known | undefined
  readonly columns: readonly number[]
  readonly countSlot: number | undefined
  /** Whether what stands here is message content, and whether that is so of a child. */
  readonly isContent: boolean
  readonly holdsContent: boolean
  /** As its member was written last. */
  spelling: Spelling | undefined
  /** Which child came first in the last object, and which sibling came after this one. */
  first: Known | undefined
  next: Known | undefined
  /** The number of the object in which it was met last. */
  metIn: number
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
  const ofNode = (node: Node): Known => {
    const leaf = node.leaf && leafOf(node.leaf)
    const children = new Map([...node.children].map(([key, child]) => [key, ofNode(child)]))
    return {
      path: node.path,
      leaf,
      ignoresText: leaf?.form === 'text' && leaf.slot === UNUSED && leaf.isReadable === undefined,
      isBody: node.isBody,
      children: children.size > 0 ? children : undefined,
      elements: node.elements && ofNode(node.elements),
      columns: node.columns.filter(column => used.has(column)),
      countSlot: node.countSlot,
      isContent: hasContent && contentPaths.includes(node.path),
      holdsContent: children.values().some(({ isContent }) => isContent),
      spelling: undefined,
      first: undefined,
      next: undefined,
      metIn: 0,
    }
  }
  return ofNode(root)
}
