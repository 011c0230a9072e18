import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Writable } from 'node:stream'

const main = join(import.meta.dirname, '../../src/main.ts')

export interface RunningCommand extends AsyncDisposable {
  readonly pid: number
  /** What it wrote so far. */
  out(): string
  err(): string
  signal(signal: NodeJS.Signals): void
  /** Its standard input; stays open until it is ended. */
  readonly input: Writable
  /** Stops reading its standard output, as `head` does. */
  leave(): void
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** Runs `proofpoint-otel` as a process of its own, with nothing in its environment but `env`; `wrap` may put a command before it. */
export function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
  wrap: readonly string[] = [],
): RunningCommand {
  const [program = '', ...rest] = [...wrap, process.execPath, main, ...args]
  const child = spawn(program, rest, { env, stdio: 'pipe', ...(cwd && { cwd }) })
  // Whoever does not read its input to the end closes it.
  child.stdin.on('error', () => {})
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', text => (out += text))
  child.stderr.setEncoding('utf8').on('data', text => (err += text))
  const ended = new Promise<number | NodeJS.Signals>(resolve =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL')),
  )
  return {
    pid: child.pid!,
    out: () => out,
    err: () => err,
    signal: signal => void child.kill(signal),
    input: child.stdin,
    leave: () => child.stdout.destroy(),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs it to its end, on an input. */
export async function commandResult(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: string | Buffer = '',
) {
  await using running = command(args, env)
  running.input.end(input)
  const code = await running.ended
  return { code, out: running.out(), err: running.err() }
}
