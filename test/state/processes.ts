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
  readonly recovered?: true
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

/** Puts a small disk of its own on `directory` for one command, without privileges. */
export const onSmallDisk = (directory: string, options: string): string[] => [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  `mount -t tmpfs -o ${options} tmpfs "$0" && exec "$@"`,
  directory,
]

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0

export const canMount = runs(
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  'mount',
  '-t',
  'tmpfs',
  'tmpfs',
  '/mnt',
)
export const canLimit = runs('prlimit', '--version')

/** Limits the size of the files that a running process may write; it can be lifted again. */
export function limitFileSize(pid: number, bytes: number | 'unlimited'): void {
  if (!runs('prlimit', '--pid', String(pid), `--fsize=${bytes}:unlimited`)) throw new Error('prlimit failed')
}
