/**
 * Fills the slots of an event by walking its parsed form along the tree of known paths: a known path with another JSON type
 * than its rule takes is treated as unknown, and stays in the body.
 */
import { createFiller, MOST_ELEMENTS, tellType, tellValue } from './fill.ts'
import { isEmpty } from './forms.ts'
import type { Slots } from './slots.ts'
import type { Node, Tree } from './tree.ts'
import { type OnUnknown, reportLeaves } from './unknown.ts'

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Makes the collector of a tree; it takes a parsed event that is an object. Where a list is known one bare element is read
 * as a list of one. Null, blank text, empty objects and empty lists say nothing. Of several keys for one path the first that
 * is not empty counts.
 */
export function createCollector(
  { root, size, keyOf }: Tree,
  onUnknown?: OnUnknown,
): (event: JsonObject) => Slots {
  const filler = createFiller(size)
  /** Of the innermost list that has columns. */
  let row = 0

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
    else if (!isEmpty(value)) tellType('object', node, onUnknown)
  }

  function visitSingle(value: unknown, node: Node): void {
    const read = node.leaf?.read(value)
    tellValue(value, read, node, onUnknown)
    if (read !== undefined && node.leaf) filler.keep(read, node.leaf, row)
  }

  function visitList(list: readonly unknown[], node: Node): void {
    if (node.elements) visitElements(list, node.elements)
    else if (!isEmpty(list)) tellType('array', node, onUnknown)
  }

  function visitBareElement(value: unknown, node: Node, elements: Node): void {
    if (isEmpty(value)) return
    const isKnown =
      elements.isBody ||
      (typeof value === 'object' ? elements.children.size > 0 : elements.leaf !== undefined)
    if (isKnown) visitElements([value], elements)
    else tellType(typeof value as 'object', node, onUnknown)
  }

  function visitElements(list: readonly unknown[], elements: Node): void {
    const { countSlot, columns } = elements
    if (countSlot !== undefined) filler.count(countSlot, list.length)
    if (list.length > MOST_ELEMENTS) onUnknown?.(`${elements.path}:unreadable`)
    const elementsRead = list.length > MOST_ELEMENTS ? list.slice(0, MOST_ELEMENTS) : list
    if (elementsRead.length === 0) return
    const outerRow = row
    const firstRow = columns.length > 0 ? filler.list(columns, elementsRead.length) : row
    for (const [i, element] of elementsRead.entries()) {
      if (columns.length > 0) row = firstRow + i
      visit(element, elements)
    }
    row = outerRow
  }

  return event => {
    filler.begin()
    row = 0
    visitObject(event, root)
    return filler.slots
  }
}
