/** One world: a simulated Proofpoint, the worker and a real Collector behind a fault proxy, each a process of its own. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { dropTornLine } from '../collector/ledger.ts'
import { startCollector } from '../support/collector.ts'
import { command, commandResult, type RunningCommand } from '../support/command.ts'
import { type FaultProxy, faultProxy } from '../support/fault-proxy.ts'
import { type Arrivals, arrivalsIn } from './arrivals.ts'
import type { WorldSettings } from './settings.ts'
import { type Simulated, simulated } from './simulated.ts'

/** Enough to change a page that exists; too little for anything that is appended. */
const FULL_DISK_BYTES = 8 * 1024

export interface World extends AsyncDisposable {
  /** Holds the state, the log of all workers and the Collector's file. */
  readonly directory: string
  /** The worker's. */
  readonly state: string
  /** Virtual; always the one of the processes. */
  clock(): Clock
  /** What passes in so much real time, ms. */
  virtual(realMs: number): number
  simulator(): Simulated
  readonly proxy: FaultProxy
  readonly arrivals: Arrivals
  /** Kills with SIGKILL so far. */
  kills(): number
  /** Ends the worker; throws when it ended by itself, or with another code than those of a stop. */
  endWorker(signal: NodeJS.Signals): Promise<void>
  startWorker(): void
  /** Resident memory of the worker, bytes. */
  workerMemory(): number
  /** Kills the Collector, and starts it again after `downMs` of real time. One such outage at a time. */
  killCollector(downMs: number): Promise<void>
  /** The file system gives the running worker no more room for `holdMs` of real time, or until that one ends. */
  fillDisk(holdMs: number): Promise<void>
  /** Starts the simulator anew, so much virtual time later; the worker must not run. */
  jump(ms: number): Promise<void>
  report(from: number, to: number, form?: 'json' | 'text'): Promise<{ code: number | string; out: string }>
  /** Adds a line to the log of the workers. */
  note(text: string): void
  /** Takes its files along. */
  forget(): void
}

export async function startWorld(settings: WorldSettings): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), `chaos-${settings.seed}-`))
  const state = join(directory, 'state')
  const log = join(directory, 'worker.log')
  const ledger = join(directory, 'collector.jsonl')
  let anchor = clockText(settings, settings.begin)
  let clock = clockOf(anchor)
  await using started = new AsyncDisposableStack()
  const collector = started.use(await startCollector({ env: { LEDGER_FILE: ledger } }))
  const proxy = started.use(await faultProxy(collector.url))
  let simulator = await simulated(settings.simulator, anchor)
  started.defer(() => simulator[Symbol.asyncDispose]())
  let collectorOutage: Promise<void> = Promise.resolve()
  let kills = 0
  /** The worker that once had a full disk. */
  let fullFor: number | undefined

  const environment = () => ({
    PROOFPOINT_STATE_DIR: state,
    PROOFPOINT_REHEARSAL_CLOCK: anchor,
    PROOFPOINT_LOG_FORMAT: 'json',
    OTEL_EXPORTER_OTLP_ENDPOINT: proxy.url,
    ...simulator.env,
    ...settings.worker,
  })
  const start = (): RunningCommand => command(['run'], environment())
  let worker = start()
  started.defer(() => worker[Symbol.asyncDispose]())

  const note = (text: string) => appendFileSync(log, `### ${new Date(clock.now()).toISOString()} ${text}\n`)

  async function restartCollector(downMs: number): Promise<void> {
    await collector.kill()
    dropTornLine(ledger)
    await real.sleep(downMs)
    await collector.restart()
  }

  const resources = started.move()
  return {
    directory,
    state,
    proxy,
    arrivals: arrivalsIn(ledger),
    clock: () => clock,
    virtual: realMs => realMs * settings.factor,
    simulator: () => simulator,
    kills: () => kills,
    note,
    async endWorker(signal) {
      worker.signal(signal)
      const end = await worker.ended
      appendFileSync(log, worker.err())
      note(`the worker ended with ${end}`)
      if (end === 'SIGKILL') kills++
      // A signal may come before it listens to any.
      const expected: (number | NodeJS.Signals)[] = signal === 'SIGKILL' ? [signal] : [signal, 0, 5]
      // It refuses to start without room for its state.
      if (fullFor === worker.pid) expected.push(3)
      if (!expected.includes(end))
        throw new Error(`The worker ended with ${end} instead of ${expected.join(' or ')}: ${worker.err()}`)
    },
    startWorker() {
      worker = start()
    },
    workerMemory: () => residentBytes(worker.pid),
    killCollector(downMs) {
      collectorOutage = collectorOutage.then(() => restartCollector(downMs))
      return collectorOutage
    },
    async fillDisk(holdMs) {
      const { pid, ended } = worker
      fullFor = pid
      const hasEnded = new AbortController()
      void ended.then(() => hasEnded.abort())
      limitFiles(pid, `${FULL_DISK_BYTES}`)
      await real.sleep(holdMs, hasEnded.signal)
      if (!hasEnded.signal.aborted) limitFiles(pid, 'unlimited')
    },
    async jump(ms) {
      const before = simulator
      anchor = clockText(settings, clock.now() + ms)
      clock = clockOf(anchor)
      simulator = await simulated(settings.simulator, anchor)
      await before[Symbol.asyncDispose]()
    },
    report: (from, to, form = 'json') =>
      commandResult(
        ['report', '--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()].concat(
          form === 'json' ? ['--json'] : [],
        ),
        environment(),
      ),
    async [Symbol.asyncDispose]() {
      await collectorOutage.catch(() => undefined)
      await resources.disposeAsync()
    },
    forget: () => rmSync(directory, { recursive: true }),
  }
}

const clockText = ({ factor }: WorldSettings, virtualNow: number): string =>
  `${factor}x@${new Date(virtualNow).toISOString()}/${new Date(real.now()).toISOString()}`

function clockOf(text: string): Clock {
  const rehearsal = parseRehearsal(text)
  if (!rehearsal) throw new Error(`${text} is no rehearsal clock`)
  return rehearsalClock(rehearsal)
}

/** The limit of file sizes of a running process: what is written beyond it fails, as on a full disk. */
function limitFiles(pid: number, soft: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', `${pid}`, `--fsize=${soft}:`], {
    encoding: 'utf8',
  })
  // The worker may have ended at this very moment.
  if (status !== 0 && !/No such process/.test(stderr)) throw new Error(`prlimit: ${stderr}`)
}

function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}
