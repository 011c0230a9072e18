/**
 * Fills the slots of an event by walking its parsed form along the tree of known paths. This is the only place that sees
 * the event: a known path with another JSON type than its rule takes is treated as unknown, and stays in the body.
 */
import type { Form, Slots, ValueOfForm } from './slots.ts'
import type { Node, Tree } from './tree.ts'

/**
 * Told the path of what no rule reads: unknown, known with another type (`path:type`), or not in the notation that it must
 * have (`path:unreadable`). Indices are `[]`. Answers whether it takes more.
 */
export type OnUnknown = (path: string) => boolean

type JsonObject = Readonly<Record<string, unknown>>
type Column = (ValueOfForm[Form] | undefined)[]

/**
 * Makes the collector of a tree; it takes a parsed event that is an object. Where a list is known one bare element is read
 * as a list of one. Null, blank text, empty objects and empty lists say nothing. Of several keys for one path the first that
 * is not empty counts.
 */
export function createCollector(
  { root, size, keyOf }: Tree,
  onUnknown?: OnUnknown,
): (event: JsonObject) => Slots {
  let slots: unknown[] = []

  function visitObject(object: JsonObject, node: Node): void {
    for (const key of Object.keys(object)) {
      const child = node.children.get(key) ?? node.children.get(keyOf(key))
      if (child) visit(object[key], child)
      else if (onUnknown) reportLeaves(object[key], node.path ? `${node.path}.${key}` : key, onUnknown)
    }
  }

  function visit(value: unknown, node: Node): void {
    if (node.isBody || value === null) return
    if (Array.isArray(value)) visitList(value, node)
    else if (node.elements) visitBareElement(value, node, node.elements)
    else if (typeof value !== 'object') visitSingle(value, node)
    else if (node.children.size > 0) visitObject(value as JsonObject, node)
    else if (!isEmpty(value)) unexpected(value, node)
  }

  function visitList(list: readonly unknown[], node: Node): void {
    if (node.elements) visitElements(list, node.elements)
    else if (!isEmpty(list)) unexpected(list, node)
  }

  function visitBareElement(value: unknown, node: Node, elements: Node): void {
    if (isEmpty(value)) return
    const isKnown =
      elements.isBody ||
      (typeof value === 'object' ? elements.children.size > 0 : elements.leaf !== undefined)
    if (isKnown) visitElements([value], elements)
    else unexpected(value, node)
  }

  function visitElements(list: readonly unknown[], elements: Node): void {
    const { countSlot, columns } = elements
    if (countSlot !== undefined)
      slots[countSlot] = ((slots[countSlot] as number | undefined) ?? 0) + list.length
    if (list.length > MOST_ELEMENTS) onUnknown?.(`${elements.path}:unreadable`)
    for (const element of list.length > MOST_ELEMENTS ? list.slice(0, MOST_ELEMENTS) : list) {
      for (const column of columns) columnAt(column).push(undefined)
      visit(element, elements)
    }
  }

  function visitSingle(value: unknown, node: Node): void {
    const read = node.leaf && readers[node.leaf.form](value)
    if (!node.leaf || read === undefined) {
      if (!isEmpty(value)) unexpected(value, node)
      return
    }
    const { slot, isColumn, isReadable } = node.leaf
    if (onUnknown && isReadable && !isEmpty(value) && !isReadable(read)) onUnknown(`${node.path}:unreadable`)
    if (isColumn) {
      const column = columnAt(slot)
      if (isUnset(column.at(-1))) column[column.length - 1] = read
    } else if (isUnset(slots[slot])) slots[slot] = read
  }

  function columnAt(slot: number): Column {
    const column = (slots[slot] as Column | undefined) ?? []
    slots[slot] = column
    return column
  }

  function unexpected(value: unknown, node: Node): void {
    onUnknown?.(`${node.path}:${Array.isArray(value) ? 'array' : typeof value}`)
  }

  return event => {
    slots = new Array(size).fill(undefined)
    visitObject(event, root)
    return slots as Slots
  }
}

/** Of a longer list no more elements are read: no mail has so many of anything, and each costs memory. */
const MOST_ELEMENTS = 100_000

const isUnset = (held: unknown): boolean => held === undefined || held === ''

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

const DECIMAL = /^\s*[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/

/** A pattern need not take more. */
const LONGEST_NUMBER = 1024

/** JavaScript has changed the digits of whole numbers beyond ±(2^53 - 1): they are left to the body. */
function exact(value: number): number | undefined {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))
    ? value
    : undefined
}

/** How each form is read; undefined when the value is of another type. */
const readers: { readonly [F in Form]: (value: unknown) => ValueOfForm[F] | undefined } = {
  text: value => (typeof value === 'string' ? value : undefined),
  number: value => {
    if (typeof value === 'number') return exact(value)
    return typeof value === 'string' && value.length <= LONGEST_NUMBER && DECIMAL.test(value)
      ? exact(Number(value))
      : undefined
  },
  boolean: value => {
    if (typeof value === 'boolean') return value
    const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
    if (word === 'true') return true
    return word === 'false' ? false : undefined
  },
  scalar: value => {
    if (typeof value === 'number') return exact(value)?.toString()
    return typeof value === 'boolean' || typeof value === 'string' ? String(value) : undefined
  },
}

/** Below this an unknown structure counts as one: so deep is nothing that Proofpoint means. */
const DEEPEST = 64
const LONGEST_PATH = 256

/** Tells the path of every value in what no table knows. False when enough was told. */
function reportLeaves(value: unknown, path: string, onUnknown: OnUnknown, depth = 0): boolean {
  const begin = path.slice(0, LONGEST_PATH)
  if (depth >= DEEPEST || isEmpty(value) || typeof value !== 'object' || value === null)
    return onUnknown(begin)
  if (Array.isArray(value)) {
    const inside = `${begin}[]`
    return value.every(child => reportLeaves(child, inside, onUnknown, depth + 1))
  }
  return Object.entries(value).every(([key, child]) =>
    reportLeaves(child, `${begin}.${key}`, onUnknown, depth + 1),
  )
}
