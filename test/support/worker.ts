import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SimulatorOptions } from '../../src/simulator/options.ts'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { command, type RunningCommand } from './command.ts'

/** Recognisable, so that a test can look for them in everything the worker writes. */
export const secrets = {
  token: 'pod-token-0123456789abcdef',
  tap: 'tap-secret-fedcba9876543210',
  bearer: 'bearer-13579bdf',
}

export const account = {
  clusterId: 'example_hosted',
  tokens: [secrets.token],
  principal: 'example-principal',
  secret: secrets.tap,
}

export const simulated = (options: Partial<SimulatorOptions> = {}): Promise<Simulator> =>
  startSimulator({ ...account, ...options })

/** A directory for one test's state. */
export function stateDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'state-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

export interface WorkerOptions {
  readonly simulator: Pick<Simulator, 'podUrl' | 'tapUrl'>
  readonly state: string
  /** The base URL of the collector. */
  readonly collector: string
  readonly env?: Readonly<Record<string, string>>
}

export const workerEnv = ({
  simulator,
  state,
  collector,
  env = {},
}: WorkerOptions): Record<string, string> => ({
  PROOFPOINT_POD_CLUSTER_ID: account.clusterId,
  PROOFPOINT_POD_TOKEN: secrets.token,
  PROOFPOINT_POD_URL: simulator.podUrl,
  PROOFPOINT_TAP_PRINCIPAL: account.principal,
  PROOFPOINT_TAP_SECRET: secrets.tap,
  PROOFPOINT_TAP_URL: simulator.tapUrl,
  PROOFPOINT_STATE_DIR: state,
  PROOFPOINT_LOG_FORMAT: 'json',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  ...env,
})

/** `run` as a process of its own. */
export const worker = (options: WorkerOptions): RunningCommand => command(['run'], workerEnv(options))

/** The lines of its log. */
export const logOf = (
  running: RunningCommand,
): { level: number; msg: string; code?: string; stream?: string }[] =>
  running
    .err()
    .split('\n')
    .filter(line => line.startsWith('{') && line.endsWith('}'))
    .map(line => JSON.parse(line))
