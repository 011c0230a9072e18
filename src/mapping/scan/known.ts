/** The tree of known paths made ready for a scanner. */
import { UNUSED } from '../fill.ts'
import type { Form } from '../slots.ts'
import type { Leaf, Node, Tree } from '../tree.ts'
import { contentPaths } from '../values/content.ts'
import type { PlacedNode } from './assembly.ts'
import * as layout from './layout.ts'

/** A node of the tree, to which a finding points. */
export interface Known extends PlacedNode {
  /** Its slot is `UNUSED` when no value is asked for. */
  readonly leaf: Leaf | undefined
  /** Whether a text that stands here is kept as it is. */
  readonly keepsText: boolean
  readonly columns: readonly number[]
  readonly countSlot: number | undefined
  /** By key, the number of each child. */
  readonly children: ReadonlyMap<string, number>
}

/**
 * The nodes by their numbers, the root first. `used`: the slots that are to be filled. `reports`: whether what is unreadable
 * is told. `hasContent`: whether the events may have members with message content.
 */
export function knownOf(
  { root }: Tree,
  { used, reports, hasContent }: { used: ReadonlySet<number>; reports: boolean; hasContent: boolean },
): readonly Known[] {
  const known: Known[] = []
  const leafOf = (leaf: Leaf): Leaf => ({
    ...leaf,
    slot: used.has(leaf.slot) ? leaf.slot : UNUSED,
    isReadable: reports ? leaf.isReadable : undefined,
  })
  const isContent = ({ path }: Node): boolean => hasContent && contentPaths.includes(path)

  /** Returns the node's number. */
  function add(node: Node): number {
    const number = known.push(undefined as never) - 1
    const leaf = node.leaf && leafOf(node.leaf)
    const columns = node.columns.filter(column => used.has(column))
    const holdsContent = node.children.values().some(isContent)
    known[number] = {
      path: node.path,
      leaf,
      keepsText: leaf !== undefined && keepsText(leaf),
      columns,
      countSlot: node.countSlot,
      children: new Map([...node.children].map(([key, child]) => [key, add(child)])),
      elements: node.elements ? add(node.elements) : 0,
      flags:
        (leaf && !node.isBody && !node.elements ? layout.IS_SINGLE : 0) |
        (node.isBody ? layout.IS_BODY : 0) |
        (isContent(node) ? layout.IS_CONTENT : 0) |
        (holdsContent ? layout.HOLDS_CONTENT : 0) |
        (node.children.size > 0 ? layout.HAS_CHILDREN : 0) |
        (columns.length > 0 ? layout.HAS_COLUMNS : 0) |
        (node.countSlot === undefined ? 0 : layout.IS_COUNTED) |
        (leaf ? layout.HAS_LEAF : 0) |
        (leaf && takesSpans(leaf) ? layout.TAKES_SPANS : 0) |
        (leaf && isIgnored(leaf) ? ignoring[leaf.form] : 0),
    }
    return number
  }
  add(root)
  return known
}

/** No value of a type that the form takes whatever it is. */
const isIgnored = ({ slot, isReadable }: Leaf): boolean => slot === UNUSED && isReadable === undefined

const ignoring: Readonly<Record<Form, number>> = {
  text: layout.IGNORES_TEXT,
  number: layout.IGNORES_INTEGER,
  boolean: layout.IGNORES_BOOLEAN,
  scalar: layout.IGNORES_TEXT | layout.IGNORES_BOOLEAN | layout.IGNORES_INTEGER,
}

const keepsText = ({ slot, form, isReadable }: Leaf): boolean =>
  slot !== UNUSED && isReadable === undefined && (form === 'text' || form === 'scalar')

const takesSpans = (leaf: Leaf): boolean => keepsText(leaf) && !leaf.isColumn
