/** A real Collector for one test: otel-collector.yaml itself, with the ledger of test/collector/ledger.yaml as its gateway. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectorBinary } from '../../scripts/collector-build.ts'
import { deadline, real } from '../../src/clock.ts'
import { dropTornLine, type LedgerRecord, ledgerReader } from '../collector/ledger.ts'

const START_MS = 30_000
const pairedConfig = join(import.meta.dirname, '../../otel-collector.yaml')
const ledgerConfig = join(import.meta.dirname, '../collector/ledger.yaml')

/** The names of the optional lines of otel-collector.yaml. */
export const optionalLines = ['token', 'tls', 'client-ca', 'gateway-token'] as const
export type OptionalLines = (typeof optionalLines)[number]

export interface CollectorOptions {
  /** Optional lines to switch on. `tls` needs the certificate's files in `env`. */
  readonly optional?: readonly OptionalLines[]
  /** Settings of otel-collector.yaml that differ from the test's, such as `OTELCOL_GATEWAY_URL`. */
  readonly env?: Readonly<Record<string, string>>
  /** What differs from otel-collector.yaml, as `path::to::key: value`. */
  readonly overrides?: readonly string[]
}

export interface Collector extends AsyncDisposable {
  /** The base URL of its OTLP/HTTP receiver, for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  /** What it takes as bearer token when the `token` lines are on. */
  readonly token: string
  /**
   * All records in the ledger so far, in order of arrival: what went through the queue on disk to the gateway. It comes
   * after the acknowledgement, and after a kill some come twice.
   */
  records(): readonly LedgerRecord[]
  /** Everything it has said on stdout and stderr, over all its starts. */
  logs(): string
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>
  /** Starts it again on the same directories and ports, after `kill` or `stop`. */
  restart(): Promise<void>
}

/** Resolves when the Collector answers. Disposing of it takes its files along; it never outlives this process. */
export async function startCollector({
  optional = [],
  env = {},
  overrides = [],
}: CollectorOptions = {}): Promise<Collector> {
  const binary = await collectorBinary()
  const directory = mkdtempSync(join(tmpdir(), 'otelcol-'))
  const ledger = join(directory, 'ledger.jsonl')
  const log = join(directory, 'log')
  const config = join(directory, 'otel-collector.yaml')
  const tokenFile = join(directory, 'token')
  const token = randomUUID()
  const port = await freePorts(4)
  const [healthPort, metricsPort, ledgerPort] = [port + 1, port + 2, port + 3]
  writeFileSync(config, switchOn(readFileSync(pairedConfig, 'utf8'), optional))
  writeFileSync(tokenFile, `${token}\n`)
  const settings = {
    OTELCOL_ENDPOINT: `127.0.0.1:${port}`,
    OTELCOL_HEALTH_ENDPOINT: `127.0.0.1:${healthPort}`,
    OTELCOL_METRICS_PORT: `${metricsPort}`,
    OTELCOL_STORAGE_DIR: join(directory, 'queue'),
    OTELCOL_TOKEN_FILE: tokenFile,
    OTELCOL_GATEWAY_TOKEN_FILE: tokenFile,
    OTELCOL_GATEWAY_URL: `http://127.0.0.1:${ledgerPort}`,
    LEDGER_ENDPOINT: `127.0.0.1:${ledgerPort}`,
    LEDGER_FILE: ledger,
    ...env,
  }

  let child: ChildProcess
  const start = async (): Promise<void> => {
    dropTornLine(ledger)
    const configs = [config, ledgerConfig, ...overrides.map(override => `yaml:${override}`)]
    child = launch(
      binary,
      configs.flatMap(each => ['--config', each]),
      settings,
      log,
    )
    await healthy(child, healthPort, log)
  }
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (alive(child)) {
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
    }
    return child.exitCode
  }
  const dispose = async (): Promise<void> => {
    await end('SIGKILL')
    rmSync(directory, { recursive: true })
  }
  try {
    await start()
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    url: `${optional.includes('tls') ? 'https' : 'http'}://127.0.0.1:${port}`,
    token,
    records: ledgerReader(ledger),
    logs: () => readFileSync(log, 'utf8'),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    restart: async () => {
      if (alive(child)) throw new Error('restart() of a Collector that is still running')
      await start()
    },
    [Symbol.asyncDispose]: dispose,
  }
}

/** Takes the marks of the named optional lines away, as the head of otel-collector.yaml describes it. */
export const switchOn = (config: string, optional: readonly OptionalLines[]): string =>
  optional.reduce((text, name) => text.replaceAll(new RegExp(`^( *)#${name}# `, 'gm'), '$1'), config)

const alive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

function launch(
  binary: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  log: string,
): ChildProcess {
  const output = openSync(log, 'a')
  const child = spawn(binary, args, { env, stdio: ['ignore', output, output] })
  closeSync(output)
  // However this process ends, the pipe to the watchdog breaks and the Collector is not left behind.
  const watchdog = spawn('sh', ['-c', `read -r _; kill -9 ${child.pid}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.once('exit', () => watchdog.kill('SIGKILL'))
  return child
}

async function healthy(child: ChildProcess, port: number, log: string): Promise<void> {
  const tooLate = deadline(START_MS)
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    if (answer?.ok) return
    if (!alive(child)) throw new Error(`The Collector ended at its start:\n${readFileSync(log, 'utf8')}`)
    if (tooLate.aborted) throw new Error(`The Collector does not answer:\n${readFileSync(log, 'utf8')}`)
    await real.sleep(20)
  }
}

/**
 * The first of `count` consecutive free ports, below the range from which systems take ports for outgoing connections:
 * so they are still free at a restart.
 */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(20_000, 32_000)
    const servers = Array.from({ length: count }, (_, i) => createServer().listen(first + i, '127.0.0.1'))
    const listening = await Promise.allSettled(servers.map(server => once(server, 'listening')))
    for (const server of servers) server.close()
    if (listening.every(({ status }) => status === 'fulfilled')) return first
  }
}
