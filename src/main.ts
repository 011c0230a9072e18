#!/usr/bin/env node
/** The command line; the only file that knows `process`. */
import { addAbortSignal } from 'node:stream'
import { deadline } from './clock.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './commands/outside.ts'
import { explained, KnownError } from './errors.ts'
import { setHeap } from './heap.ts'
import { version } from './version.ts'

type Command = (outside: Outside) => Promise<ExitCode>

/** Loaded when called, so that `run` starts without what only the others need. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  demo: async () => (await import('./commands/demo.ts')).demo,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  check: async () => (await import('./commands/check.ts')).check,
  report: async () => (await import('./commands/report.ts')).report,
  backfill: async () => (await import('./commands/backfill.ts')).backfill,
  map: async () => (await import('./commands/map.ts')).map,
  'dead-letters': async () => (await import('./commands/dead-letters.ts')).deadLetters,
  help: async () => (await import('./commands/help.ts')).help,
}

const HELPS_ITSELF: ReadonlySet<string> = new Set(['simulate', 'map'])
const OLDEST_NODE = 24

/** Kubernetes gives 30 s by default; what is read must be delivered within 25. */
const CLEAN_STOP_MS = 25_000
const LAST_WORDS_MS = 2_000
/** Errors of what the operator has set up. */
const SETTINGS: ReadonlySet<string> = new Set(['port-busy', 'wasm-unavailable'])

setHeap()

const stop = new AbortController()
const abort = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) abort.abort(new Error('a second signal came'))
    stop.abort()
    deadline(CLEAN_STOP_MS).addEventListener('abort', () =>
      abort.abort(new Error('the time for a clean stop is over')),
    )
  })
}
abort.signal.addEventListener('abort', () => {
  deadline(LAST_WORDS_MS).addEventListener('abort', () => process.exit(exitCode.undelivered))
})
// A reader that went away (`| head`) is no error of ours; without a reader of its log the worker goes on.
process.stdout.on('error', () => stop.abort())
process.stderr.on('error', () => {})

const [word = 'run', ...args] = process.argv.slice(2)
const outside: Outside = {
  env: process.env,
  args,
  input: { [Symbol.asyncIterator]: standardInput },
  out: text => void process.stdout.write(text),
  pour,
  err: text => void process.stderr.write(text),
  terminal: { out: process.stdout.isTTY, err: process.stderr.isTTY },
  stop: stop.signal,
  abort: abort.signal,
}
process.exitCode = await main(word)
// Nothing that is still open, such as a proxy that does not answer, may keep a finished command alive.
deadline(LAST_WORDS_MS).addEventListener('abort', () => process.exit())

async function main(word: string): Promise<ExitCode> {
  if (word === '--version' || word === '-v') {
    outside.out(`${version}\n`)
    return exitCode.ok
  }
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    outside.err(
      `proofpoint-otel: needs Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}.\n`,
    )
    return exitCode.settings
  }
  const isOfCommand = args.includes('--help') && !HELPS_ITSELF.has(word)
  const asksForHelp = word === '--help' || word === '-h' || isOfCommand
  const load = asksForHelp ? commands['help'] : commands[word]
  if (!load) {
    outside.err(`proofpoint-otel: there is no command ${JSON.stringify(word)}. See proofpoint-otel --help.\n`)
    return exitCode.settings
  }
  try {
    const command = await load()
    return await command(isOfCommand ? { ...outside, args: [word] } : outside)
  } catch (error) {
    outside.err(`proofpoint-otel: ${inWords(error)}\n`)
    return exitOf(error)
  }
}

/** A stream of its own, since the mere mention of `process.stdin` opens it. */
async function* standardInput(): AsyncGenerator<Buffer> {
  try {
    yield* addAbortSignal(stop.signal, process.stdin)
  } catch (error) {
    if (!stop.signal.aborted) throw unusable('input cannot be read', error)
  }
}

function pour(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, error => {
      if (!error) resolve(true)
      else if ('code' in error && error.code === 'EPIPE') resolve(false)
      else reject(unusable('output cannot be written', error))
    })
  })
}

function unusable(what: string, error: unknown): CommandError {
  const detail = error instanceof Error ? error.message : error
  return new CommandError(exitCode.internal, `standard ${what}: ${detail}`)
}

function inWords(error: unknown): string {
  if (error instanceof KnownError) return explained(error).words
  if (error instanceof CommandError) return error.message
  return `internal error: ${error instanceof Error ? error.stack : error}`
}

function exitOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exit
  if (!(error instanceof KnownError)) return exitCode.internal
  if (error.code.startsWith('state-')) return exitCode.state
  return SETTINGS.has(error.code) ? exitCode.settings : exitCode.internal
}
