/**
 * Fills the slots of an event straight from its bytes, along the tree of known paths. The same slots and the same reports as
 * those of collect.ts, for every event that is plain; what is not is left to it.
 */
import { isUtf8 } from 'node:buffer'
import { createFiller, MOST_ELEMENTS } from '../fill.ts'
import type { Slots } from '../slots.ts'
import type { Tree } from '../tree.ts'
import { type OnUnknown, reportLeaves } from '../unknown.ts'
import { addCut, type CutList, type Cuts, noCuts } from './cuts.ts'
import {
  afterBlank,
  afterColon,
  anyStringEnd,
  byteAt,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  harmlessStringEnd,
  isLastBare,
  isSpeltAt,
  keepSpelling,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  lastKey,
  lastString,
  latin1Text,
  NOT_PLAIN,
  numberAt,
  OPEN_LIST,
  OPEN_OBJECT,
  openText,
  QUOTE,
  scalarEnd,
  stringEnd,
  textOf,
} from './json.ts'
import { type Known, knownOf } from './keys.ts'
import { valueEnd } from './skip.ts'

export interface Scan {
  readonly slots: Slots
  /** The message content in the text. */
  readonly content: Cuts
}

/** V8 keeps numbers up to here without an object. One that comes again can only make a text not plain. */
const LAST_SMALL_INTEGER = 2 ** 30 - 1

export interface ScannerOptions {
  readonly used: ReadonlySet<number>
  readonly hasContent: boolean
  readonly onUnknown?: OnUnknown | undefined
}

/** More unknown keys in one object are not compared with one another. */
const MOST_UNKNOWN_KEYS = 16

/**
 * Makes the scanner of a tree; it takes the event's text, and answers undefined when it is not plain: no UTF-8, over 1 MB, no
 * JSON object; in an object that the tree knows a known key twice, or any key with escapes or beyond ASCII; a list of too many
 * elements; message content in an unusual place; where unknown paths are told, unknown keys whose order is not certain.
 * `used`: the slots that are to be filled. `hasContent`: message content is looked for.
 */
export function createScanner(
  tree: Tree,
  { used, hasContent, onUnknown }: ScannerOptions,
): (text: Buffer) => Scan | undefined {
  const root = knownOf(tree, { used, reports: onUnknown !== undefined, hasContent })
  const filler = createFiller(tree.size, onUnknown)
  let objects = 0
  let content: CutList | undefined

  function visitObject(at: number, node: Known): number {
    const { children, holdsContent } = node
    objects = (objects + 1) & LAST_SMALL_INTEGER
    const object = objects
    let unknownKeys: string[] | undefined
    let previous: Known | undefined
    let keptBefore = false
    let before = at
    let i = afterBlank(at + 1)
    if (byteAt(i) === CLOSE_OBJECT) return i + 1
    for (;;) {
      const start = i
      let child = previous ? previous.next : node.first
      if (!(child && isSpeltAt(i, child))) {
        child = previous ? previous.otherNext : node.otherFirst
        if (!(child && isSpeltAt(i, child))) child = undefined
      }
      if (child) i = afterBlank(i + child.length)
      else {
        if (byteAt(i) !== QUOTE) return NOT_PLAIN
        const keyEnd = stringEnd(i)
        const key = keyEnd < 0 ? undefined : lastKey(i, keyEnd)
        if (key === undefined) return NOT_PLAIN
        child = children?.get(key) ?? children?.get(tree.keyOf(key))
        if (!child?.isContent && harmlessStringEnd(i) < 0) return NOT_PLAIN
        i = afterColon(keyEnd)
        if (i < 0) return NOT_PLAIN
        if (child) {
          keepSpelling(child, start, keyEnd)
          expectAfter(node, previous, child)
        } else {
          unknownKeys ??= []
          i = visitUnknown(i, key, node, unknownKeys)
        }
      }
      if (child) {
        if (child.metIn === object) return NOT_PLAIN
        child.metIn = object
        previous = child
        i = child.isContent ? contentValueEnd(i) : visit(i, child)
      }
      if (i < 0) return NOT_PLAIN
      if (holdsContent) {
        if (child?.isContent) {
          content ??= { places: [], paths: [] }
          addCut(content, { start, end: i, before, keptBefore }, child.path)
        } else keptBefore = true
        before = i
      }
      i = afterBlank(i)
      if (byteAt(i) === CLOSE_OBJECT) return i + 1
      if (byteAt(i) !== COMMA) return NOT_PLAIN
      i = afterBlank(i + 1)
    }
  }

  /** Content is not read, only passed over as `removeContent` does. */
  const contentValueEnd = (at: number): number => (byteAt(at) === QUOTE ? anyStringEnd(at) : valueEnd(at))

  /** Objects have their keys once, and those that look like indices first: then the order of the text is not theirs. */
  function visitUnknown(at: number, key: string, node: Known, keys: string[]): number {
    const end = valueEnd(at)
    if (end < 0 || !onUnknown) return end
    if (keys.length === MOST_UNKNOWN_KEYS || keys.includes(key) || INDEX.test(key)) return NOT_PLAIN
    keys.push(key)
    const value: unknown = JSON.parse(textOf(at, end))
    reportLeaves(value, node.path ? `${node.path}.${key}` : key, onUnknown)
    return end
  }

  function visit(at: number, node: Known): number {
    const byte = byteAt(at)
    if (node.isSingle && byte === QUOTE) return visitText(at, node)
    if (node.isBody) return valueEnd(at)
    switch (byte) {
      case LOWER_N:
        return scalarEnd(at)
      case OPEN_LIST:
        if (node.elements) return visitList(at, node.elements)
        return visitUnexpected(at, node, 'array')
      default:
        if (node.elements) return visitBareElement(at, node, node.elements)
        if (byte === OPEN_OBJECT) return visitMap(at, node)
        return byte === QUOTE ? visitText(at, node) : visitScalar(at, node)
    }
  }

  const visitMap = (at: number, node: Known): number =>
    node.children ? visitObject(at, node) : visitUnexpected(at, node, 'object')

  /** A list or object that is not known; an empty one says nothing. */
  function visitUnexpected(at: number, node: Known, type: 'array' | 'object'): number {
    const end = valueEnd(at)
    const inside = afterBlank(at + 1)
    if (end >= 0 && byteAt(inside) !== CLOSE_LIST && byteAt(inside) !== CLOSE_OBJECT)
      filler.unexpected(type, node)
    return end
  }

  function visitBareElement(at: number, node: Known, elements: Known): number {
    const end = valueEnd(at)
    if (end < 0) return end
    const isObject = byteAt(at) === OPEN_OBJECT
    if (isObject ? byteAt(afterBlank(at + 1)) === CLOSE_OBJECT : isBlankString(at, end)) return end
    const isKnown = elements.isBody || (isObject ? elements.children : elements.leaf) !== undefined
    if (!isKnown) {
      filler.unexpected(typeOf(byteAt(at)), node)
      return end
    }
    if (elements.countSlot !== undefined) filler.count(elements.countSlot, 1)
    filler.element(elements.columns)
    return visit(at, elements)
  }

  const isBlankString = (at: number, end: number): boolean =>
    byteAt(at) === QUOTE && lastString(at, end).trim() === ''

  function visitList(at: number, elements: Known): number {
    const { columns, countSlot } = elements
    let length = 0
    let i = afterBlank(at + 1)
    if (byteAt(i) === CLOSE_LIST) i++
    else {
      for (;;) {
        if (++length > MOST_ELEMENTS) return NOT_PLAIN
        filler.element(columns)
        i = visit(i, elements)
        if (i < 0) return NOT_PLAIN
        i = afterBlank(i)
        if (byteAt(i) === CLOSE_LIST) break
        if (byteAt(i) !== COMMA) return NOT_PLAIN
        i = afterBlank(i + 1)
      }
      i++
    }
    if (countSlot !== undefined) filler.count(countSlot, length)
    return i
  }

  function visitText(at: number, node: Known): number {
    const end = harmlessStringEnd(at)
    if (end < 0 || node.ignoresText) return end
    const { spanSlot } = node
    if (spanSlot !== undefined && isLastBare(at, end)) filler.span(at + 1, end - 1, spanSlot)
    else filler.single(lastString(at, end), node)
    return end
  }

  function visitScalar(at: number, node: Known): number {
    const end = scalarEnd(at)
    if (end < 0) return end
    const byte = byteAt(at)
    filler.single(byte === LOWER_T || byte === LOWER_F ? byte === LOWER_T : numberAt(at, end), node)
    return end
  }

  return text => {
    if (!isUtf8(text) || !openText(text, hasContent)) return undefined
    content = undefined
    filler.begin(latin1Text())
    const at = afterBlank(0)
    const end = byteAt(at) === OPEN_OBJECT ? visitObject(at, root) : NOT_PLAIN
    if (end < 0 || afterBlank(end) !== text.length) return undefined
    return { slots: filler.slots, content: content ?? noCuts }
  }
}

/** The member came after `previous`, or first of all in `parent`. */
function expectAfter(parent: Known, previous: Known | undefined, member: Known): void {
  if (previous && previous.next !== member) {
    previous.otherNext = previous.next
    previous.next = member
  } else if (!previous && parent.first !== member) {
    parent.otherFirst = parent.first
    parent.first = member
  }
}

const INDEX = /^\d+$/

function typeOf(first: number | undefined): 'object' | 'string' | 'number' | 'boolean' {
  if (first === OPEN_OBJECT) return 'object'
  if (first === QUOTE) return 'string'
  return first === LOWER_T || first === LOWER_F ? 'boolean' : 'number'
}
