import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const tsc = resolve('node_modules/.bin/tsc')
const directory = mkdtempSync(join(tmpdir(), 'consumer-'))
const installed = join(directory, 'node_modules/proofpoint-otel')

const consumer = `
import { createMapping, type Kind, kinds, type LogRecord, type Mapping } from 'proofpoint-otel/mapping'
const unknown: string[] = []
const toRecord: Mapping = createMapping({ attributes: 'full', onUnknown: (kind: Kind, path: string) => unknown.push(kind + ' ' + path) })
const record: LogRecord = toRecord('pod.audit', '{"guid":"g","ts":"2024-05-22T19:10:03.058340+0000","new":1}', 0)
const { uid, eventName, severityText, body, attributes, hrTime } = record
console.log(JSON.stringify({ kinds: kinds.length, uid, eventName, severityText, body, id: attributes['proofpoint.pod.audit.id'], hrTime, unknown }))
`

/** The package as npm installs it: what \`prepare\` builds, beside its dependencies. */
beforeAll(async () => {
  mkdirSync(installed, { recursive: true })
  cpSync('package.json', join(installed, 'package.json'))
  symlinkSync(resolve('node_modules/@opentelemetry'), join(directory, 'node_modules/@opentelemetry'))
  await run(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')])
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  writeFileSync(join(directory, 'consumer.ts'), consumer)
})
afterAll(() => rmSync(directory, { recursive: true }))

const compile = () =>
  run(
    tsc,
    ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024', 'consumer.ts'],
    { cwd: directory },
  )

test('a consumer of proofpoint-otel/mapping compiles with its types and runs', async () => {
  await compile()
  const { stdout } = await run(process.execPath, ['consumer.ts'], { cwd: directory })
  expect(JSON.parse(stdout)).toEqual({
    kinds: 8,
    uid: expect.stringMatching(/^01HYGVBRSJ/),
    eventName: 'proofpoint.pod.audit',
    severityText: 'INFO',
    body: '{"guid":"g","ts":"2024-05-22T19:10:03.058340+0000","new":1}',
    id: 'g',
    hrTime: [1716405003, 58_340_000],
    unknown: ['pod.audit new'],
  })
})

test('its types are strict: a kind or option that does not exist does not compile', async () => {
  for (const [right, wrong] of [
    ["'pod.audit', '", "'pod.audits', '"],
    ["'full'", "'fuller'"],
    ['attributes:', 'attribute:'],
  ] as const) {
    writeFileSync(join(directory, 'consumer.ts'), consumer.replace(right, wrong))
    await expect(compile(), wrong).rejects.toThrow()
  }
})

test('nothing else of the package can be imported', async () => {
  const inside = "await import('proofpoint-otel/dist/pipeline.js')"
  await expect(run(process.execPath, ['-e', inside], { cwd: directory })).rejects.toThrow(
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
  )
})

test('where there is no WebAssembly it says so', async () => {
  const mapping = "await import('proofpoint-otel/mapping')"
  await expect(
    run(process.execPath, ['--jitless', '--input-type=module', '-e', mapping], { cwd: directory }),
  ).rejects.toThrow("code: 'wasm-unavailable'")
})
