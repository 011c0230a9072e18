import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const program = `
  const { setNursery } = await import(process.argv[1])
  setNursery()
  const kept = []
  for (let i = 0; i < 2_000_000; i++) kept.push({ i })
`

it('is 6 MiB, however much outlives it', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '--trace-gc-nvp',
      '--input-type=module',
      '--eval',
      program,
      new URL('../src/nursery.ts', import.meta.url).href,
    ],
    { encoding: 'utf8' },
  )
  const sizes = [...stdout.matchAll(/"gc":"s".*"new_space_capacity":(\d+)/g)].map(([, bytes]) =>
    Number(bytes),
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(sizes.length).toBeGreaterThan(5)
  expect(new Set(sizes.slice(1))).toEqual(new Set([6 * 2 ** 20]))
})
