/** What is found in a text, and the texts among it: written down for JavaScript, which reads it (layout.ts). */
import {
  FINDING_BYTES,
  FINDING_FIRST,
  FINDING_NODE,
  FINDING_SECOND,
  FINDING_THIRD,
  FINDINGS,
  NODE_BYTES,
  NOT_PLAIN,
  OPENED,
  TEXTS,
} from '../layout.ts'

let root: i32 = 0
let end: i32 = FINDINGS
let texts: i32 = TEXTS

/** Begins afresh. */
export function beginFindings(tree: i32): void {
  root = tree
  end = FINDINGS
  texts = TEXTS
}

/** Where they end; `NOT_PLAIN` when there was no room for all. */
export function findingsEnd(): i32 {
  return end < OPENED ? end : NOT_PLAIN
}

/** Where the texts end. */
export function textsEnd(): i32 {
  return texts
}

/** Returns the place of the finding. */
export function note(what: i32, node: i32, first: i32, second: i32, third: i32): i32 {
  const at = end
  // With no room left, `findingsEnd` tells it in the end; until then what is written goes into the last one.
  if (at >= OPENED) return at - FINDING_BYTES
  store<i32>(at, what)
  store<i32>(at, (node - root) / NODE_BYTES, FINDING_NODE)
  store<i32>(at, first, FINDING_FIRST)
  store<i32>(at, second, FINDING_SECOND)
  store<i32>(at, third, FINDING_THIRD)
  end = at + FINDING_BYTES
  return at
}

/** Notes a text that is copied to where the others are; together they are no longer than the whole. */
export function noteText(what: i32, node: i32, from: i32, to: i32, third: i32): void {
  const place = texts - TEXTS
  const length = to - from
  for (let i = 0; i < length; i += 16) v128.store(texts + i, v128.load(from + i))
  texts += length
  note(what, node, place, place + length, third)
}
