/** Compiles src/mapping/scan/assembly into src/mapping/scan/binary.ts; with --check only compares, and fails when it has drifted. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const compiler = 'node_modules/assemblyscript/bin/asc.js'
const sources = ['scan', 'copy'].map(name => `src/mapping/scan/assembly/${name}.ts`)
const target = 'src/mapping/scan/binary.ts'
const options = ['--runtime', 'stub', '--noAssert', '--importMemory', '--enable', 'simd', '-O3', '--converge']

function compiled(): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'scan-'))
  try {
    const file = join(directory, 'scan.wasm')
    execFileSync(process.execPath, [compiler, ...sources, '--outFile', file, ...options], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    return readFileSync(file)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const binary = compiled()
const text = `/** Compiled from assembly/, layout.ts and src/ascii.ts by \`npm run scan:build\`. Do not edit. */
export const scanBinary =
  '${binary.toString('base64')}'
`
if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  console.error(`${target} is not what src/mapping/scan/assembly compiles to: npm run scan:build writes it`)
  process.exitCode = 1
}
