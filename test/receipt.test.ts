import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

// The promise of the program is a type: without deliver() there is no receipt, without a receipt no commit.
let folder: string
beforeAll(() => {
  folder = mkdtempSync(resolve('test/.receipt-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function compile(body: string): string {
  const file = join(folder, 'ship.ts')
  writeFileSync(
    file,
    `import { deliver, type Page, type Pipeline, type State } from '../../src/pipeline.ts'
export async function ship({ source, mapper, exporter, state }: Pipeline, page: Page, abort: AbortSignal) {
${body}
}
void (0 as unknown as State); void deliver
`,
  )
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: resolve('tsconfig.json'),
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ['ship.ts'],
    }),
  )
  const { stdout } = spawnSync('node_modules/.bin/tsc', ['-p', folder], { encoding: 'utf8' })
  return stdout
}

it('compiles a commit of what deliver returned', () => {
  expect(compile('  await state.commit(source, await deliver(page, mapper, exporter, abort), abort)')).toBe(
    '',
  )
})

it('does not compile a commit of the cursor before delivery', () => {
  expect(compile('  await state.commit(source, { cursor: page.cursor }, abort)')).toMatch(
    /error TS2345|error TS2740|error TS2739/,
  )
})

it('does not compile a commit of a receipt made by hand', () => {
  const made =
    '{ cursor: page.cursor, delivered: new Map(), skipped: new Map(), deadLetters: [], newest: 0, lateness: 0, received: 0, covers: undefined, read: undefined }'
  expect(compile(`  await state.commit(source, ${made}, abort)`)).toContain("Property '[proof]' is missing")
})
