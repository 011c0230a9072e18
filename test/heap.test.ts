import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** Runs it with a heap that is set, `sizeMiB` of its nursery, and `busy` to make objects that stay for a while. */
function run(program: string): { said: string[]; stderr: string } {
  const prelude = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { setTimeout as sleep } from 'node:timers/promises'
    const { setHeap } = await import(process.argv[1])
    setHeap()
    const sizeMiB = () => {
      const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
      return Math.round((space.space_used_size + space.space_available_size) / 2 ** 20)
    }
    let kept = []
    const busy = async until => {
      for (const end = performance.now() + 30_000; performance.now() < end && !until(); await sleep(0)) {
        for (let i = 0; i < 1_000; i++) kept.push({ i })
        if (kept.length > 100_000) kept = []
      }
    }
    const told = () => console.log(sizeMiB())
    const until = (ms, end = performance.now() + ms) => () => performance.now() > end
  `
  const heap = new URL('../src/heap.ts', import.meta.url).href
  const { stdout, stderr } = spawnSync(
    process.execPath,
    // As V8 has it where there is memory enough.
    ['--max-semi-space-size=16', '--input-type=module', '--eval', prelude + program, heap],
    { encoding: 'utf8' },
  )
  return { said: stdout.split('\n').slice(0, -1), stderr }
}

it('has a nursery of 4 MiB, however much outlives it, and lets the program end', () => {
  expect(run('told(); await busy(until(2_500)); told()')).toEqual({ said: ['4', '4'], stderr: '' })
})

it('gets it again after a quiet time, in which V8 makes it small', () => {
  const quiet = `
    for (const end = performance.now() + 60_000; performance.now() < end && sizeMiB() > 1; await sleep(100))
      kept = Array.from({ length: 2_000 }, (_, i) => ({ i }))
    told()
    await busy(() => sizeMiB() > 2)
    told()
    await busy(until(2_500))
    told()
  `
  expect(run(quiet)).toEqual({ said: ['1', '4', '4'], stderr: '' })
}, 120_000)
