/**
 * Builds the OpenTelemetry Collector of the tests and prints the binary's path as its last line.
 * `OTELCOL_BIN` names one to take instead: any contrib distribution of 0.158 or later.
 */
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, constants, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const project = dirname(import.meta.dirname)
const source = join(project, 'test/collector/go')
const sourceFiles = ['main.go', 'components.go', 'go.mod', 'go.sum']
// readonly: go.sum decides what is built, whatever GOFLAGS says. buildvcs: no git needed, nor its idea of who owns the
// checkout. grpcnotrace: gRPC without x/net/trace, a smaller binary.
const buildArguments = [
  'build',
  '-mod=readonly',
  '-buildvcs=false',
  '-trimpath',
  '-tags',
  'grpcnotrace',
  '-ldflags',
  '-s -w',
]

/** No Collector can be had; the message says how to get one. */
export class NoCollector extends Error {
  override readonly name = 'NoCollector'
}

/**
 * The path of a Collector's binary: `OTELCOL_BIN` if set, else the one built from `test/collector/go`, built now if its
 * sources changed (minutes the first time, then instant). Progress goes to stderr. Safe to run twice at once.
 * @throws NoCollector
 */
export async function collectorBinary(): Promise<string> {
  const given = process.env['OTELCOL_BIN']
  if (given) {
    if (!(await runs(given, ['--version']))) {
      throw new NoCollector(
        `OTELCOL_BIN=${given} does not run: it must be the path of an OpenTelemetry Collector.`,
      )
    }
    return given
  }
  const binary = join(project, '.cache/otelcol', await sourceHash(), 'otelcol')
  if (!(await isExecutable(binary))) await build(binary)
  return binary
}

async function build(binary: string): Promise<void> {
  if (!(await runs('go', ['version']))) {
    throw new NoCollector(
      'No Collector to test with: install Go 1.25 or later (https://go.dev/dl/), or set OTELCOL_BIN to the otelcol-contrib 0.158 of https://github.com/open-telemetry/opentelemetry-collector-releases/releases.',
    )
  }
  process.stderr.write('Building the Collector of the tests; the first time this takes a few minutes.\n')
  await mkdir(dirname(binary), { recursive: true })
  const unfinished = `${binary}.${process.pid}`
  try {
    await go([...buildArguments, '-o', unfinished, '.'])
    await rename(unfinished, binary)
  } finally {
    await rm(unfinished, { force: true })
  }
}

function go(args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const child = spawn('go', args, {
    cwd: source,
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  })
  child.once('error', reject)
  child.once('exit', code => {
    if (code === 0) resolve()
    else
      reject(
        new NoCollector(
          `The Collector of the tests does not build: go ended with ${code}; its lines above say why.`,
        ),
      )
  })
  return promise
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.platform, process.arch, buildArguments]))
  for (const file of sourceFiles) hash.update(await readFile(join(source, file)))
  return hash.digest('hex').slice(0, 16)
}

const runs = (command: string, args: readonly string[]): Promise<boolean> =>
  promisify(execFile)(command, args).then(
    () => true,
    () => false,
  )

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

if (import.meta.main) {
  try {
    process.stdout.write(`${await collectorBinary()}\n`)
  } catch (error) {
    if (!(error instanceof NoCollector)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
}
