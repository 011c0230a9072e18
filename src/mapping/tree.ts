/** The known paths of a kind as a tree, with a slot for each of them that a rule reads. */
import { readers } from './forms.ts'
import { pathsOf, segmentsOf } from './paths.ts'
import type { Rule } from './rules/rule.ts'
import type { Form, SlotForm, ValueOfForm } from './slots.ts'
import type { Derivation, Table } from './table.ts'

export interface Leaf {
  readonly slot: number
  readonly form: Form
  readonly read: (value: unknown) => ValueOfForm[Form] | undefined
  readonly isColumn: boolean
  /** See the rules; undefined when no rule asks for a certain notation. */
  isReadable: Rule<unknown>['isReadable']
  surelyReadable: Rule<unknown>['surelyReadable']
}

export interface Node {
  /** As reported when something is unknown here; indices are `[]`. */
  readonly path: string
  readonly children: Map<string, Node>
  /** What the elements are when a list is known here. */
  elements: Node | undefined
  /** Set where a single value is read. */
  leaf: Leaf | undefined
  /** On the elements of a list: the slots that get one value an element, and the one that counts them. */
  readonly columns: number[]
  countSlot: number | undefined
  /** Whatever stands here or below is known, and stays in the body. */
  isBody: boolean
}

export interface Tree {
  readonly root: Node
  readonly size: number
  /** The key's form in `children`. */
  readonly keyOf: (key: string) => string
  /** The slots of each path that a derivation takes: `alternatives` for the first, then one for each other. */
  slotsOf(derivation: Derivation<unknown>): {
    readonly alternatives: readonly number[]
    readonly others: readonly number[]
  }
}

const same = (key: string): string => key
const lowerCase = (key: string): string => key.toLowerCase()

/** `anyCase`: keys are matched without regard to case (TAP). Throws when two rules read one path in different forms. */
export function treeOf(table: Table, { anyCase }: { anyCase: boolean }): Tree {
  const keyOf = anyCase ? lowerCase : same
  const root = newNode('')
  let size = 0

  const { rows, created, occurred, severity, name, summary, identity } = table
  const slotsOf: Tree['slotsOf'] = ({ from, rule }) => {
    const [alternatives = [], ...others] = from.map((paths, i) =>
      pathsOf(paths).map(path => slot(path, rule.reads[i], i === 0 ? rule : undefined)),
    )
    return { alternatives: [...new Set(alternatives)], others: others.map(([only]) => only ?? -1) }
  }

  /** `judge`: the rule that says what is readable there. */
  function slot(path: string, form: SlotForm | undefined, judge: Rule<unknown> | undefined): number {
    const { node, list } = reach(path)
    if (form === undefined) {
      if (!node.leaf && node.children.size === 0) node.isBody = true
      return -1
    }
    if (form === 'count') {
      node.countSlot ??= size++
      return node.countSlot
    }
    const valueForm = form.replace('[]', '') as Form
    const isColumn = form.endsWith('[]')
    if (isColumn !== (list !== undefined)) throw new Error(`${path} is read as ${form}`)
    if (!node.leaf) {
      node.leaf = {
        slot: size++,
        form: valueForm,
        read: readers[valueForm],
        isColumn,
        isReadable: undefined,
        surelyReadable: undefined,
      }
      node.isBody = false
      list?.columns.push(node.leaf.slot)
    }
    if (node.leaf.form !== valueForm)
      throw new Error(`${path} is read as ${valueForm} and as ${node.leaf.form}`)
    if (judge?.isReadable && !node.leaf.isReadable) {
      node.leaf.isReadable = judge.isReadable
      node.leaf.surelyReadable = judge.surelyReadable
    }
    return node.leaf.slot
  }

  function reach(path: string): { node: Node; list: Node | undefined } {
    let node = root
    let list: Node | undefined
    for (const segment of segmentsOf(path)) {
      if (segment === '*') break
      if (segment === '[]') list = node = node.elements ??= newNode(`${node.path}[]`)
      else {
        const key = keyOf(segment.key)
        const child =
          node.children.get(key) ?? newNode(node.path ? `${node.path}.${segment.key}` : segment.key)
        node.children.set(key, child)
        node = child
      }
    }
    return { node, list }
  }

  const others = [created, occurred, severity, name, summary, ...(identity ? [identity] : [])]
  for (const derivation of [...rows, ...others]) slotsOf(derivation)
  return { root, size, keyOf, slotsOf }
}

const newNode = (path: string): Node => ({
  path,
  children: new Map(),
  elements: undefined,
  leaf: undefined,
  columns: [],
  countSlot: undefined,
  isBody: false,
})
