/** The tree of known paths made ready for a scanner. */
import type { Form } from '../slots.ts'
import type { Leaf, Node, Tree } from '../tree.ts'
import { contentPaths } from '../values/content.ts'
import type { PlacedNode, PlacedSlot } from './assembly.ts'
import * as layout from './layout.ts'

/** A node of the tree, to which a finding points. */
interface KnownNode extends PlacedNode {
  readonly leaf: Leaf | undefined
  /** By key, the number of each child. */
  readonly children: ReadonlyMap<string, number>
}

interface KnownSlot extends PlacedSlot {
  /** Undefined where it counts elements, or is not used. */
  readonly leaf: Leaf | undefined
}

export interface Known {
  /** By their numbers, the root first. */
  readonly nodes: readonly KnownNode[]
  readonly slots: readonly KnownSlot[]
}

/** `used`: the slots that can be asked for. `hasContent`: whether the events may have members with message content. */
export function knownOf(
  { root, size }: Tree,
  { used, hasContent }: { used: ReadonlySet<number>; hasContent: boolean },
): Known {
  const nodes: KnownNode[] = []
  const slots: KnownSlot[] = new Array(size).fill({ leaf: undefined, list: 0 })
  const isContent = ({ path }: Node): boolean => hasContent && contentPaths.includes(path)

  /** Returns the node's number. `list`: that of the elements in which it stands, 0 for none. */
  function add(node: Node, list: number): number {
    const number = nodes.push(undefined as never) - 1
    const { leaf, countSlot = -1 } = node
    const isUsed = leaf !== undefined && used.has(leaf.slot)
    if (isUsed) slots[leaf.slot] = { leaf, list: leaf.isColumn ? list : 0 }
    nodes[number] = {
      path: node.path,
      leaf,
      slot: isUsed ? leaf.slot : -1,
      countSlot,
      children: new Map([...node.children].map(([key, child]) => [key, add(child, list)])),
      elements: node.elements ? addElements(node.elements) : 0,
      flags:
        (leaf && !node.isBody && !node.elements ? layout.IS_SINGLE : 0) |
        (node.isBody ? layout.IS_BODY : 0) |
        (isContent(node) ? layout.IS_CONTENT : 0) |
        (node.children.values().some(isContent) ? layout.HOLDS_CONTENT : 0) |
        (node.children.size > 0 ? layout.HAS_CHILDREN : 0) |
        (node.columns.some(column => used.has(column)) ? layout.HAS_COLUMNS : 0) |
        (leaf ? layout.HAS_LEAF | fitting(leaf) : 0),
    }
    return number
  }
  const addElements = (node: Node): number => add(node, nodes.length)

  add(root, 0)
  return { nodes, slots }
}

/** What there is nothing to tell of: anything of its form, or, with a notation, what surely has it. */
const fitting = ({ form, isReadable, surelyReadable }: Leaf): number => {
  if (!isReadable) return fits[form]
  return surelyReadable ? surelyFits[surelyReadable] : 0
}

const fits: Readonly<Record<Form, number>> = {
  text: layout.FITS_TEXT,
  number: layout.FITS_NUMBER,
  boolean: layout.FITS_BOOLEAN,
  scalar: layout.FITS_TEXT | layout.FITS_BOOLEAN | layout.FITS_NUMBER,
}

const surelyFits: Readonly<Record<NonNullable<Leaf['surelyReadable']>, number>> = {
  numbers: layout.FITS_MODEST_NUMBER,
  times: layout.FITS_TIME,
  'IPv4 addresses': layout.FITS_IPV4,
}
