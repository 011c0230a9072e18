import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('what runs as WebAssembly is what its source compiles to', () => {
  const check = () =>
    execFileSync(process.execPath, ['scripts/scan-binary.ts', '--check'], { stdio: 'inherit' })
  expect(check).not.toThrow()
}, 60_000)
