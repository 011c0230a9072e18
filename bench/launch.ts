/** Starts a contender as a process of its own, with the environment that its user would give it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { HOUR_MS } from '../src/clock.ts'
import { start } from './calls.ts'
import type { Condition, Contender } from './conditions.ts'
import type { LimitCalls } from './contenders/limit.ts'
import { CLUSTER } from './inputs.ts'
import type { SinkProgress } from './sink.ts'

export interface Surroundings {
  readonly pod: string
  readonly tap: string
  /** The base URL of the sink. */
  readonly sink: string
  /** PEM file. */
  readonly authority: string
  /** A directory for state, removed by whoever made it. */
  readonly workplace: string
}

/** A contender that counts for itself, because it delivers nothing. */
export interface SelfCount {
  progress(): Promise<SinkProgress>
  forget(): Promise<void>
}

export interface Running extends AsyncDisposable {
  readonly pid: number
  readonly counts?: SelfCount
  /** What it said, if it ended in another way than was asked of it. */
  complaint(): string | undefined
  /** As its operator would stop it. */
  stop(): Promise<void>
}

const CAREFUL_QUEUE = 65_536
/** TAP keeps seven days; each hour of them is one answer. */
const BACK_HOURS = 7 * 24 - 1
/** What the package installs; the driver builds it. */
const MAIN = join(import.meta.dirname, '../dist/main.js')
const SAID_CHARACTERS = 2_000

export function launch(
  contender: Contender,
  condition: Condition,
  surroundings: Surroundings,
  nodeArguments: readonly string[] = [],
): Running {
  const { sink, authority } = surroundings
  const common = {
    OTEL_EXPORTER_OTLP_ENDPOINT: sink,
    OTEL_EXPORTER_OTLP_COMPRESSION: condition.gzip ? 'gzip' : 'none',
    NODE_EXTRA_CA_CERTS: authority,
  }
  if (contender === 'ours') return worker({ ...common, ...workerEnv(condition, surroundings) }, nodeArguments)
  const env = {
    ...common,
    BENCH_INPUT: condition.input,
    BENCH_URL: condition.input === 'tap' ? surroundings.tap : surroundings.pod,
    BENCH_BACK_MS: String(BACK_HOURS * HOUR_MS),
    ...(contender === 'naive-queue' && { BENCH_QUEUE: String(CAREFUL_QUEUE) }),
  }
  return contender === 'limit' ? limit(env) : naive(env)
}

/** Defaults wherever there is one. */
function workerEnv({ input }: Condition, { pod, tap, workplace }: Surroundings): Record<string, string> {
  const state = { PROOFPOINT_STATE_DIR: mkdtempSync(join(workplace, 'state-')) }
  if (input === 'tap')
    return {
      ...state,
      PROOFPOINT_TAP_PRINCIPAL: 'bench',
      PROOFPOINT_TAP_SECRET: 'bench',
      PROOFPOINT_TAP_URL: tap,
      PROOFPOINT_TAP_DAILY_REQUESTS: '1000000',
      PROOFPOINT_START: `${BACK_HOURS}h`,
    }
  return {
    ...state,
    PROOFPOINT_POD_CLUSTER_ID: CLUSTER,
    PROOFPOINT_POD_TOKEN: 'bench',
    PROOFPOINT_POD_URL: pod,
    PROOFPOINT_POD_STREAMS: input,
  }
}

function worker(env: Readonly<Record<string, string>>, nodeArguments: readonly string[]): Running {
  const child = spawn(process.execPath, [...nodeArguments, MAIN, 'run'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  // Unlike a fork it does not notice that the driver is gone.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => (said = (said + text).slice(-SAID_CHARACTERS)))
  return {
    pid: child.pid ?? 0,
    complaint: () =>
      child.exitCode || child.signalCode ? `${child.exitCode ?? child.signalCode}: ${said}` : undefined,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
    async [Symbol.asyncDispose]() {
      kill()
      await ended
      process.off('exit', kill)
    },
  }
}

function limit(env: Readonly<Record<string, string>>): Running {
  const peer = start<LimitCalls>('contenders/limit.ts', env)
  return {
    pid: peer.pid,
    counts: { progress: () => peer.call('progress'), forget: () => peer.call('forget') },
    ...ending(peer),
  }
}

function naive(env: Readonly<Record<string, string>>): Running {
  const peer = start('contenders/naive.ts', env)
  return { pid: peer.pid, ...ending(peer) }
}

const ending = (peer: Pick<ReturnType<typeof start>, 'process' | typeof Symbol.asyncDispose>) => ({
  complaint: () => (peer.process.exitCode === null ? undefined : `ended with ${peer.process.exitCode}`),
  stop: () => peer[Symbol.asyncDispose](),
  [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
})
