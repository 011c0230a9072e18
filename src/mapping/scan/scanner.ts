/**
 * Fills the slots of an event straight from its bytes, along the tree of known paths. The same slots and the same reports as
 * those of collect.ts, for every event that is plain; what is not is left to it.
 */
import { isUtf8 } from 'node:buffer'
import { createFiller, MOST_ELEMENTS } from '../fill.ts'
import type { Slots } from '../slots.ts'
import type { Tree } from '../tree.ts'
import { type OnUnknown, reportLeaves } from '../unknown.ts'
import { stringEnd as contentEnd } from '../values/json-text.ts'
import { addCut, type Cuts, noCuts } from './cuts.ts'
import {
  afterBlank,
  afterColon,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  type Frame,
  harmlessStringEnd,
  lastString,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  NOT_PLAIN,
  numberAt,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  scalarEnd,
  stringEnd,
  valueEnd,
} from './json.ts'
import { isMemberAt, type Known, knownOf, learn } from './keys.ts'

export interface Scan {
  readonly slots: Slots
  /** The message content in the text. */
  readonly content: Cuts
}

/** Larger events are rare, and what a scanner needs of them would be memory of another kind. */
const MOST_BYTES = 1_000_000
const LAST_SMALL_INTEGER = 2 ** 30 - 1
/** More unknown keys in one object are not compared with one another. */
const MOST_UNKNOWN_KEYS = 16

/**
 * Makes the scanner of a tree; it takes the event's text, and answers undefined when it is not plain: no UTF-8, no JSON
 * object, a key twice or with escapes, message content in an unusual place. `hasContent`: message content is looked for.
 */
export function createScanner(
  tree: Tree,
  { hasContent, onUnknown }: { readonly hasContent: boolean; readonly onUnknown?: OnUnknown | undefined },
): (text: Buffer) => Scan | undefined {
  const root = knownOf(tree, { hasContent })
  const filler = createFiller(tree.size, onUnknown)
  const frame: Frame = {
    bytes: Buffer.alloc(0),
    latin1: '',
    end: 0,
    hasEscapes: false,
    isAscii: true,
    isGuarded: hasContent,
    opened: [],
  }
  let bytes = frame.bytes
  let objects = 0
  let content = noCuts

  function visitObject(at: number, node: Known): number {
    const { children, holdsContent } = node
    const object = (objects = (objects + 1) & LAST_SMALL_INTEGER)
    let unknownKeys: string[] | undefined
    let previous: Known | undefined
    let keptBefore = false
    let before = at
    let i = afterBlank(frame, at + 1)
    if (bytes[i] === CLOSE_OBJECT) return i + 1
    for (;;) {
      const start = i
      let child = previous ? previous.next : node.first
      if (child && isMemberAt(frame, i, child)) i = afterBlank(frame, i + child.member.length)
      else {
        if (bytes[i] !== QUOTE) return NOT_PLAIN
        const keyEnd = stringEnd(frame, i)
        if (keyEnd < 0 || frame.hasEscapes || !frame.isAscii) return NOT_PLAIN
        const key = lastString(frame, i, keyEnd)
        child = children?.get(key) ?? children?.get(tree.keyOf(key))
        if (!child?.isContent && harmlessStringEnd(frame, i) < 0) return NOT_PLAIN
        i = afterColon(frame, keyEnd)
        if (i < 0) return NOT_PLAIN
        if (child) {
          learn(frame, start, keyEnd, child)
          if (previous) previous.next = child
          else node.first = child
        } else {
          i = visitUnknown(i, key, node, (unknownKeys ??= []))
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
        if (child?.isContent) content = addCut(content, frame, { start, end: i, before, keptBefore }, child.path)
        else keptBefore = true
        before = i
      }
      i = afterBlank(frame, i)
      if (bytes[i] === CLOSE_OBJECT) return i + 1
      if (bytes[i] !== COMMA) return NOT_PLAIN
      i = afterBlank(frame, i + 1)
    }
  }

  /** Content is not read, only passed over as `removeContent` does. */
  const contentValueEnd = (at: number): number =>
    bytes[at] === QUOTE ? contentEnd(frame.latin1, at) : valueEnd(frame, at)

  /** Objects have their keys once, and those that look like indices first: then the order of the text is not theirs. */
  function visitUnknown(at: number, key: string, node: Known, keys: string[]): number {
    const end = valueEnd(frame, at)
    if (end < 0 || !onUnknown) return end
    if (keys.length === MOST_UNKNOWN_KEYS || keys.includes(key) || INDEX.test(key)) return NOT_PLAIN
    keys.push(key)
    const value: unknown = JSON.parse(bytes.toString('utf8', at, end))
    reportLeaves(value, node.path ? `${node.path}.${key}` : key, onUnknown)
    return end
  }

  function visit(at: number, node: Known): number {
    if (node.isBody) return valueEnd(frame, at)
    switch (bytes[at]) {
      case LOWER_N:
        return scalarEnd(frame, at)
      case OPEN_LIST:
        if (node.elements) return visitList(at, node.elements)
        return visitUnexpected(at, node, 'array')
      default:
        if (node.elements) return visitBareElement(at, node, node.elements)
        return bytes[at] === OPEN_OBJECT ? visitMap(at, node) : visitSingle(at, node)
    }
  }

  const visitMap = (at: number, node: Known): number =>
    node.children ? visitObject(at, node) : visitUnexpected(at, node, 'object')

  /** A list or object that is not known; an empty one says nothing. */
  function visitUnexpected(at: number, node: Known, type: 'array' | 'object'): number {
    const end = valueEnd(frame, at)
    const inside = afterBlank(frame, at + 1)
    if (end >= 0 && bytes[inside] !== CLOSE_LIST && bytes[inside] !== CLOSE_OBJECT) filler.unexpected(type, node)
    return end
  }

  function visitBareElement(at: number, node: Known, elements: Known): number {
    const end = valueEnd(frame, at)
    if (end < 0) return end
    const isObject = bytes[at] === OPEN_OBJECT
    if (isObject ? bytes[afterBlank(frame, at + 1)] === CLOSE_OBJECT : isBlankString(at, end)) return end
    const isKnown = elements.isBody || (isObject ? elements.children : elements.leaf) !== undefined
    if (!isKnown) {
      filler.unexpected(typeOf(bytes[at]), node)
      return end
    }
    if (elements.countSlot !== undefined) filler.count(elements.countSlot, 1)
    filler.element(elements.columns)
    return visit(at, elements)
  }

  const isBlankString = (at: number, end: number): boolean =>
    bytes[at] === QUOTE && lastString(frame, at, end).trim() === ''

  function visitList(at: number, elements: Known): number {
    const { columns, countSlot } = elements
    let length = 0
    let i = afterBlank(frame, at + 1)
    if (bytes[i] === CLOSE_LIST) i++
    else {
      for (;;) {
        if (++length > MOST_ELEMENTS) return NOT_PLAIN
        filler.element(columns)
        i = visit(i, elements)
        if (i < 0) return NOT_PLAIN
        i = afterBlank(frame, i)
        if (bytes[i] === CLOSE_LIST) break
        if (bytes[i] !== COMMA) return NOT_PLAIN
        i = afterBlank(frame, i + 1)
      }
      i++
    }
    if (countSlot !== undefined) filler.count(countSlot, length)
    return i
  }

  function visitSingle(at: number, node: Known): number {
    const byte = bytes[at]
    if (byte === QUOTE) {
      const end = harmlessStringEnd(frame, at)
      if (end >= 0) filler.single(lastString(frame, at, end), node)
      return end
    }
    const end = scalarEnd(frame, at)
    if (end < 0) return end
    filler.single(byte === LOWER_T || byte === LOWER_F ? byte === LOWER_T : numberAt(frame, at, end), node)
    return end
  }

  return text => {
    if (text.length > MOST_BYTES || !isUtf8(text)) return undefined
    frame.bytes = bytes = text
    frame.end = text.length
    frame.latin1 = text.toString('latin1')
    content = noCuts
    filler.begin()
    const at = afterBlank(frame, 0)
    const end = bytes[at] === OPEN_OBJECT ? visitObject(at, root) : NOT_PLAIN
    if (end < 0 || afterBlank(frame, end) !== text.length) return undefined
    return { slots: filler.end(), content }
  }
}

const INDEX = /^\d+$/

function typeOf(first: number | undefined): 'object' | 'string' | 'number' | 'boolean' {
  if (first === OPEN_OBJECT) return 'object'
  if (first === QUOTE) return 'string'
  return first === LOWER_T || first === LOWER_F ? 'boolean' : 'number'
}
