/** The nodes of the tree of known paths, which learn in which order and spelling events have the keys. */
import { COLON } from '../../../ascii.ts'
import {
  FIRST,
  FLAGS,
  MOST_SPELT,
  NEXT,
  NODE_BYTES,
  OTHER_FIRST,
  OTHER_NEXT,
  SPELLING,
  SPELT,
} from '../layout.ts'
import { byteAt } from './ends.ts'

/** The place of a node; 0 is none. */
type Node = i32

let root: Node = 0

/** Begins with a text that belongs to this tree. */
export function beginTree(tree: Node): void {
  root = tree
}

/** JavaScript knows the nodes of a tree by their numbers, the root as 0. */
export function numberOfNode(node: Node): i32 {
  return (node - root) / NODE_BYTES
}

export function nodeOf(number: i32): Node {
  return root + number * NODE_BYTES
}

/** Whether it has one of the flags. */
export function has(node: Node, flags: i32): bool {
  return (load<i32>(node, FLAGS) & flags) !== 0
}

/** The member of `parent` that begins at `at`, if it is one of the two that came after `previous`, or first of all, before. */
export function expected(parent: Node, previous: Node, at: i32): Node {
  const guess = previous !== 0 ? load<i32>(previous, NEXT) : load<i32>(parent, FIRST)
  if (guess !== 0 && isSpeltAt(at, guess)) return guess
  const other = previous !== 0 ? load<i32>(previous, OTHER_NEXT) : load<i32>(parent, OTHER_FIRST)
  return other !== 0 && isSpeltAt(at, other) ? other : 0
}

/** Whether a member begins at `at` that is written as this one was last. */
function isSpeltAt(at: i32, node: Node): bool {
  const length = load<i32>(node, SPELT)
  if (length === 0) return false
  let left = length
  let i = 0
  while (left > 16) {
    if (!v128.all_true<i8>(i8x16.eq(v128.load(at + i), v128.load(node + i, SPELLING)))) return false
    left -= 16
    i += 16
  }
  const same = i8x16.bitmask(i8x16.eq(v128.load(at + i), v128.load(node + i, SPELLING)))
  return (~same & ((1 << left) - 1)) === 0
}

/** `member`, whose key stands from `at` to `keyEnd`, came after `previous`, or first of all in `parent`. */
export function learn(parent: Node, previous: Node, member: Node, at: i32, keyEnd: i32): void {
  keepSpelling(member, at, keyEnd + 1 - at)
  if (previous !== 0) {
    if (load<i32>(previous, NEXT) === member) return
    store<i32>(previous, load<i32>(previous, NEXT), OTHER_NEXT)
    store<i32>(previous, member, NEXT)
  } else {
    if (load<i32>(parent, FIRST) === member) return
    store<i32>(parent, load<i32>(parent, FIRST), OTHER_FIRST)
    store<i32>(parent, member, FIRST)
  }
}

/** With a blank before the colon, or of too long a key, it is not kept. */
function keepSpelling(member: Node, at: i32, length: i32): void {
  const isKept = byteAt(at + length - 1) === COLON && length <= MOST_SPELT
  store<i32>(member, isKept ? length : 0, SPELT)
  if (isKept) memory.copy(member + SPELLING, at, length)
}
