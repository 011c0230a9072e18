import { expect, it } from 'vitest'
import { spent } from '../../bench/profile.ts'

const root = 'file:///project'
const node = (id: number, functionName: string, url: string, children: readonly number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
})

it('what is Node’s own counts to its caller, idle time not at all, the collector of garbage for itself', () => {
  const nodes = [
    node(1, '(root)', '', [2, 3, 4, 5, 8, 11]),
    node(2, '(idle)', ''),
    node(3, '(garbage collector)', ''),
    node(4, 'constructor', `${root}/node_modules/ws/lib/receiver.js`, [6]),
    node(5, 'understand', `${root}/src/mapping/kind-mapper.ts`, [7]),
    node(6, 'constructor', ''),
    node(7, 'sha256', `${root}/src/mapping/values/uid.ts`, [9]),
    node(9, 'toString', 'node:buffer', [10]),
    node(10, 'utf8Slice', ''),
    node(11, 'scanText', `${root}/dist/mapping/scan/assembly.js`, [12]),
    node(12, 'wasm-function[3]', 'wasm://wasm/596fe54e'),
    node(8, 'main', `${root}/elsewhere.js`),
  ]
  const samples = [2, 3, 4, 6, 5, 7, 9, 10, 8, 11, 12]
  const timeDeltas = [1_000, 2, 10, 20, 40, 80, 4, 5, 1, 3, 4]
  expect([...spent({ nodes, samples, timeDeltas })]).toEqual([
    ['uid and hash', 89],
    ['mapping', 40],
    ['ws', 30],
    ['scanning', 7],
    ['garbage collection', 2],
    ['other', 1],
  ])
})
