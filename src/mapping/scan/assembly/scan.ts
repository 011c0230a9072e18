/**
 * Goes through an event's text along the tree of known paths, and writes down what it finds (layout.ts). What it takes for
 * plain is what `createScanner` says; where it says that an event is not plain, what it wrote down is void.
 */
import { CLOSE_LIST, CLOSE_OBJECT, COMMA, LOWER_N, OPEN_LIST, OPEN_OBJECT, QUOTE } from '../../../ascii.ts'
import {
  COUNT_SLOT,
  ELEMENTS,
  HAS_CHILDREN,
  HAS_COLUMNS,
  HAS_LEAF,
  HOLDS_CONTENT,
  IS_BODY,
  IS_CONTENT,
  IS_SINGLE,
  MET_IN,
  NOT_PLAIN,
  SPELT,
  UNEXPECTED,
  UNKNOWN,
} from '../layout.ts'
import { beginCuts, cut, endCuts } from './cuts.ts'
import {
  afterBlank,
  afterColon,
  anyStringEnd,
  begin,
  byteAt,
  couldNameContent,
  hasEscapes,
  isAscii,
  scalarEnd,
  setContentKeys,
  stringEnd,
} from './ends.ts'
import { addCount, beginFindings, endFindings, rowsOf, setRows, tell } from './findings.ts'
import { beginTree, expected, has, learn, nodeOf, numberOfNode } from './nodes.ts'
import { visitScalar, visitText } from './single.ts'
import { valueEnd } from './skip.ts'

// The compiler takes no types from other files.
type Node = i32

/** The number of the node's child that has this key, which stands without its quotes from `from` to `to`; 0 for none. */
declare function childOf(node: i32, from: i32, to: i32): i32
/** Whether the string is blank; `from` and `to` with its quotes. */
declare function isBlankString(from: i32, to: i32): bool

let mostElements: i32 = 0
let tellsUnknown: bool = false
/** Begins again after 2^32: what then seems to come twice only makes its text not plain. */
let objects: i32 = 0
/** Of the innermost list that has columns. */
let row: i32 = 0

/** To be called once: the longest list that is plain, and of each key of message content its length and its first letter. */
export function prepare(elements: i32, length: i32, letter: i32, otherLength: i32, otherLetter: i32): void {
  mostElements = elements
  setContentKeys(length, letter, otherLength, otherLetter)
}

/**
 * Scans the text of valid UTF-8 that was put at the begin of the memory. `tells`: unknown members are found. `guarded` as in
 * `begin`. Returns how much of what was found is to be told, or `NOT_PLAIN`.
 */
export function scan(tree: Node, length: i32, tells: bool, guarded: bool): i32 {
  begin(length, guarded)
  beginTree(tree)
  beginFindings()
  beginCuts()
  tellsUnknown = tells
  row = 0
  const at = afterBlank(0)
  const end = byteAt(at) === OPEN_OBJECT ? visitObject(at, tree) : NOT_PLAIN
  const isWhole = end >= 0 && afterBlank(end) === length
  endCuts()
  return isWhole ? endFindings() : NOT_PLAIN
}

function childNamed(node: Node, from: i32, to: i32): Node {
  const number = has(node, HAS_CHILDREN) ? childOf(numberOfNode(node), from, to) : 0
  return number === 0 ? 0 : nodeOf(number)
}

function visitObject(at: i32, node: Node): i32 {
  const holdsContent = has(node, HOLDS_CONTENT)
  const object = ++objects
  let previous: Node = 0
  let keptBefore = false
  let before = at
  let i = afterBlank(at + 1)
  if (byteAt(i) === CLOSE_OBJECT) return i + 1
  while (true) {
    const start = i
    let child = expected(node, previous, i)
    if (child !== 0) i = afterBlank(i + load<i32>(child, SPELT))
    else {
      if (byteAt(i) !== QUOTE) return NOT_PLAIN
      const keyEnd = stringEnd(i)
      if (keyEnd < 0 || hasEscapes() || !isAscii()) return NOT_PLAIN
      child = childNamed(node, i + 1, keyEnd - 1)
      if (!(child !== 0 && has(child, IS_CONTENT)) && couldNameContent(i, keyEnd)) return NOT_PLAIN
      i = afterColon(keyEnd)
      if (i < 0) return NOT_PLAIN
      if (child !== 0) learn(node, previous, child, start, keyEnd)
    }
    if (child === 0) {
      i = valueEnd(i)
      if (tellsUnknown) tell(UNKNOWN, node, start, i, object)
    } else {
      if (load<i32>(child, MET_IN) === object) return NOT_PLAIN
      store<i32>(child, object, MET_IN)
      previous = child
      i = has(child, IS_CONTENT) ? contentEnd(i) : visit(i, child)
    }
    if (i < 0) return NOT_PLAIN
    if (holdsContent) {
      if (child === 0 || !has(child, IS_CONTENT)) keptBefore = true
      // With one comma: that before the member, or that after it where nothing stays before.
      else if (!(keptBefore ? cut(child, before, i) : cut(child, start, afterComma(i)))) return NOT_PLAIN
      before = i
    }
    i = afterBlank(i)
    if (byteAt(i) === CLOSE_OBJECT) return i + 1
    if (byteAt(i) !== COMMA) return NOT_PLAIN
    i = afterBlank(i + 1)
  }
}

/** Content is not read, only passed over as `removeContent` does. */
function contentEnd(at: i32): i32 {
  return byteAt(at) === QUOTE ? anyStringEnd(at) : valueEnd(at)
}

function afterComma(end: i32): i32 {
  const comma = afterBlank(end)
  return byteAt(comma) === COMMA ? comma + 1 : end
}

function visit(at: i32, node: Node): i32 {
  const byte = byteAt(at)
  if (byte === QUOTE && has(node, IS_SINGLE)) return visitText(at, node, row, tellsUnknown)
  if (has(node, IS_BODY)) return valueEnd(at)
  if (byte === LOWER_N) return scalarEnd(at)
  const elements: Node = load<i32>(node, ELEMENTS)
  if (byte === OPEN_LIST) return elements !== 0 ? visitList(at, elements) : visitUnexpected(at, node)
  if (elements !== 0) return visitBareElement(at, node, elements)
  if (byte === OPEN_OBJECT) return has(node, HAS_CHILDREN) ? visitObject(at, node) : visitUnexpected(at, node)
  return byte === QUOTE ? visitText(at, node, row, tellsUnknown) : visitScalar(at, node, row, tellsUnknown)
}

/** A list or object that is not known; an empty one says nothing. */
function visitUnexpected(at: i32, node: Node): i32 {
  const end = valueEnd(at)
  const inside = byteAt(afterBlank(at + 1))
  if (end >= 0 && inside !== CLOSE_LIST && inside !== CLOSE_OBJECT) tellUnexpected(at, node)
  return end
}

function tellUnexpected(at: i32, node: Node): void {
  if (tellsUnknown) tell(UNEXPECTED, node, byteAt(at), 0, 0)
}

function visitBareElement(at: i32, node: Node, elements: Node): i32 {
  const end = valueEnd(at)
  if (end < 0) return end
  const byte = byteAt(at)
  const isObject = byte === OPEN_OBJECT
  const isEmpty = isObject
    ? byteAt(afterBlank(at + 1)) === CLOSE_OBJECT
    : byte === QUOTE && isBlankString(at, end)
  if (isEmpty) return end
  if (!has(elements, IS_BODY | (isObject ? HAS_CHILDREN : HAS_LEAF))) {
    tellUnexpected(at, node)
    return end
  }
  count(elements, 1)
  const outerRow = row
  if (has(elements, HAS_COLUMNS)) {
    row = rowsOf(elements)
    setRows(elements, row + 1)
  }
  const visited = visit(at, elements)
  row = outerRow
  return visited
}

function count(elements: Node, length: i32): void {
  const slot = load<i32>(elements, COUNT_SLOT)
  if (slot !== 0) addCount(slot, length)
}

function visitList(at: i32, elements: Node): i32 {
  let length = 0
  let i = afterBlank(at + 1)
  if (byteAt(i) === CLOSE_LIST) i++
  else {
    const hasColumns = has(elements, HAS_COLUMNS)
    const outerRow = row
    const firstRow = hasColumns ? rowsOf(elements) : row
    while (true) {
      if (length === mostElements) return NOT_PLAIN
      if (hasColumns) row = firstRow + length
      length++
      i = visit(i, elements)
      if (i < 0) return NOT_PLAIN
      i = afterBlank(i)
      if (byteAt(i) === CLOSE_LIST) break
      if (byteAt(i) !== COMMA) return NOT_PLAIN
      i = afterBlank(i + 1)
    }
    i++
    row = outerRow
    if (hasColumns) setRows(elements, firstRow + length)
  }
  count(elements, length)
  return i
}
