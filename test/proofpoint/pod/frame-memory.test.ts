import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameMemory } from '../../../src/proofpoint/pod/frame-memory.ts'

const MOST = 300_000
const PAGES = 4
const frame = fc.integer({ min: 1, max: MOST + 10 }).map(length => ({ length }))
const step = fc.oneof({ weight: 5, arbitrary: frame }, { weight: 1, arbitrary: fc.constant('turn' as const) })

describe('the memory for frames', () => {
  it('keeps each frame as it is while its page is filled, and while it and the next three are delivered', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const memory = frameMemory(PAGES, MOST)
        const pages: { kept: Buffer; sent: Buffer }[][] = [[]]
        steps.forEach((one, i) => {
          if (one === 'turn') {
            pages.unshift([])
            memory.turn()
          } else {
            const sent = Buffer.alloc(one.length, i + 1)
            pages[0]!.push({ kept: memory.keep(Buffer.from(sent)), sent })
          }
          for (const { kept, sent } of pages.slice(0, PAGES + 1).flat()) expect(kept.equals(sent)).toBe(true)
        })
      }),
      { numRuns: 200 },
    )
  })

  it('is used again once so many pages came after it, and not before', () => {
    const memory = frameMemory(2, MOST)
    const [first, ...others] = Array.from({ length: 7 }, () => {
      memory.turn()
      return memory.keep(Buffer.alloc(1_000)).buffer
    })
    expect(others.map(buffer => buffer === first)).toEqual([false, false, true, false, false, true])
  })

  it('leaves a frame alone that is larger than all of it', () => {
    const large = Buffer.alloc(MOST + 1)
    expect(frameMemory(PAGES, MOST).keep(large)).toBe(large)
  })

  it('grows once, to all of its size: each step would leave a buffer behind', () => {
    const memory = frameMemory(PAGES, MOST)
    const sizes = Array.from({ length: 60 }, () => memory.keep(Buffer.alloc(2_000)).buffer.byteLength)
    expect(new Set(sizes)).toEqual(new Set([64 * 1024, MOST]))
  })

  it('does not grow for a quiet stream', () => {
    const memory = frameMemory(PAGES, 64 * 2 ** 20)
    expect(memory.keep(Buffer.alloc(1_000)).buffer.byteLength).toBeLessThanOrEqual(64 * 1024)
  })
})
