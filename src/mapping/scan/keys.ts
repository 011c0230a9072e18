/** The tree of known paths made ready for a scanner, which learns in which order and spelling events have the keys. */
import type { Leaf, Node, Tree } from '../tree.ts'
import { contentPaths } from '../values/content.ts'
import { COLON, type Frame, QUOTE } from './json.ts'

/** A node of the tree. */
export interface Known {
  readonly path: string
  readonly leaf: Leaf | undefined
  readonly isBody: boolean
  /** Undefined when no key is known here. */
  readonly children: ReadonlyMap<string, Known> | undefined
  readonly elements: Known | undefined
  readonly columns: readonly number[]
  readonly countSlot: number | undefined
  /** Whether what stands here is message content, and whether that is so of a child. */
  readonly isContent: boolean
  readonly holdsContent: boolean
  /** The member as far as its value, as it was written last. */
  member: Uint8Array
  /** Which child came first in the last object, and which sibling came after this one. */
  first: Known | undefined
  next: Known | undefined
  /** The number of the object in which it was met last. */
  metIn: number
}

/** `hasContent`: whether the events may have members with message content. */
export function knownOf({ root }: Tree, { hasContent }: { hasContent: boolean }): Known {
  const ofNode = (node: Node): Known => {
    const children = new Map([...node.children].map(([key, child]) => [key, ofNode(child)]))
    return {
      path: node.path,
      leaf: node.leaf,
      isBody: node.isBody,
      children: children.size > 0 ? children : undefined,
      elements: node.elements && ofNode(node.elements),
      columns: node.columns,
      countSlot: node.countSlot,
      isContent: hasContent && contentPaths.includes(node.path),
      holdsContent: children.values().some(({ isContent }) => isContent),
      member: UNSEEN,
      first: undefined,
      next: undefined,
      metIn: 0,
    }
  }
  return ofNode(root)
}

/** Is at no place. */
const UNSEEN = Buffer.from([0])

/** Whether the child's member begins at `at`, spelt as it was the last time. */
export function isMemberAt({ bytes }: Frame, at: number, { member }: Known): boolean {
  for (let i = 0; i < member.length; i++) if (bytes[at + i] !== member[i]) return false
  return true
}

/** Keeps how the member whose key ends at `keyEnd` is written. */
export function learn({ bytes }: Frame, at: number, keyEnd: number, child: Known): void {
  if (bytes[at] === QUOTE && bytes[keyEnd] === COLON) child.member = Buffer.from(bytes.subarray(at, keyEnd + 1))
}
