import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
const DEADLINE = { timeout: 20_000, interval: 5 }

export interface Line {
  readonly previous?: string
  readonly committed?: number
  readonly trouble?: string
  readonly recovered?: string
  readonly refused?: string
  readonly filled?: true
}

export interface Worker {
  readonly pid: number
  readonly lines: readonly Line[]
  /** Resolves when a line after the first `from` fulfils `test`. */
  line(test: (line: Line) => boolean, from?: number): Promise<Line>
  tell(command: string): void
  kill(): Promise<void>
  ended(): Promise<number | null>
}

/** Starts `worker.ts`; `wrap` may put another command before it. It is killed when the test ends. */
export function startWorker(command: string, directory: string, wrap: readonly string[] = []): Worker {
  const [program = '', ...args] = [...wrap, process.execPath, WORKER, command, directory]
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines: Line[] = []
  const closed = new Promise<number | null>(resolve => child.once('close', resolve))
  createInterface({ input: child.stdout }).on('line', line => lines.push(JSON.parse(line)))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    pid: child.pid ?? 0,
    lines,
    line: (test, from = 0) => vi.waitUntil(() => lines.slice(from).find(test), DEADLINE),
    tell: text => void child.stdin.write(`${text}\n`),
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    ended: () => closed,
  }
}

/** Runs one command where it may mount, without privileges; nobody else sees what it mounts. */
export const ownMounts: readonly string[] = ['unshare', '--user', '--map-root-user', '--mount']

/** Puts a small disk of its own on `directory` for one command, without privileges. */
export const onSmallDisk = (directory: string, options: string): string[] => [
  ...ownMounts,
  'sh',
  '-c',
  `mount -t tmpfs -o ${options} tmpfs "$0" && exec "$@"`,
  directory,
]

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0

/** Whether this machine can do what a test needs; says loudly what stays untested where it cannot. */
function can(what: string, isSo: boolean): boolean {
  if (!isSo) process.stderr.write(`NOT TESTED, because this machine lacks ${what}: see the skipped tests\n`)
  return isSo
}

export const canMount = can(
  'user namespaces in which one may mount (unshare)',
  runs(ownMounts[0] ?? '', ...ownMounts.slice(1), 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'),
)
export const canLimit = can('prlimit', runs('prlimit', '--version'))
export const canInject = can(
  'a strace that can make system calls of another process fail',
  runs('sh', '-c', 'sleep 2 & strace -qq -p $! -o /dev/null & tracer=$!; sleep 0.3; kill $tracer'),
)

/** Limits the size of the files that a running process may write; it can be lifted again. */
export function limitFileSize(pid: number, bytes: number | 'unlimited'): void {
  if (!runs('prlimit', '--pid', String(pid), `--fsize=${bytes}:unlimited`)) throw new Error('prlimit failed')
}

/** Lets every write of a running process fail as on a file system that turned read-only; the returned function ends that. */
export async function makeReadOnly(pid: number): Promise<() => Promise<void>> {
  const calls = 'pwrite64,pwritev,ftruncate,fdatasync,fsync'
  const tracer = spawn(
    'strace',
    ['-f', '-p', String(pid), '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:error=EROFS`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  onTestFinished(() => void tracer.kill('SIGINT'))
  await new Promise(resolve => tracer.stderr.once('data', resolve))
  return async () => {
    tracer.kill('SIGINT')
    await new Promise(resolve => tracer.once('close', resolve))
  }
}
