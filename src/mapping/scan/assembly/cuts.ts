/** What is to be cut out of a text: the members that hold message content (layout.ts). */
import { CUT_COUNT, CUT_NODE_COUNT, CUT_NODES, CUTS, MOST_CUTS } from '../layout.ts'
import { numberOfNode } from './nodes.ts'

let cuts: i32 = 0
let nodes: i32 = 0

/** Begins with another text. */
export function beginCuts(): void {
  cuts = 0
  nodes = 0
}

export function endCuts(): void {
  store<i32>(0, cuts, CUT_COUNT)
  store<i32>(0, nodes, CUT_NODE_COUNT)
}

/** False when there is no room left. */
export function cut(node: i32, from: i32, to: i32): bool {
  if (cuts === MOST_CUTS) return false
  store<i32>(CUTS + 8 * cuts, from)
  store<i32>(CUTS + 8 * cuts + 4, to)
  cuts++
  noteNode(numberOfNode(node))
  return true
}

function noteNode(number: i32): void {
  for (let i = 0; i < nodes; i++) if (load<i32>(CUT_NODES + 4 * i) === number) return
  store<i32>(CUT_NODES + 4 * nodes, number)
  nodes++
}
