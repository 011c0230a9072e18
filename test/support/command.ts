import { spawn } from 'node:child_process'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../../src/main.ts')

export interface RunningCommand extends AsyncDisposable {
  /** What it wrote so far. */
  out(): string
  err(): string
  signal(signal: NodeJS.Signals): void
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** Runs `proofpoint-otel` as a process of its own, with nothing in its environment but `env`. */
export function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): RunningCommand {
  const child = spawn(process.execPath, [main, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', text => (out += text))
  child.stderr.setEncoding('utf8').on('data', text => (err += text))
  const ended = new Promise<number | NodeJS.Signals>(resolve =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL')),
  )
  return {
    out: () => out,
    err: () => err,
    signal: signal => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs it to its end. */
export async function commandResult(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await using running = command(args, env)
  const code = await running.ended
  return { code, out: running.out(), err: running.err() }
}
