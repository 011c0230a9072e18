import type { Environment } from '../settings/read.ts'

/** What a command may touch of the process. `main.ts` makes the real one. */
export interface Outside {
  readonly env: Environment
  /** The words after the command. */
  readonly args: readonly string[]
  /** Standard input; opened when it is first read, ended when `stop` aborts. */
  readonly input: AsyncIterable<Buffer>
  /** Results, to standard output. */
  readonly out: (text: string) => void
  /**
   * The same for results without end: resolves when standard output has taken them, with false when nobody reads it any
   * more. Rejects when it cannot be written.
   */
  readonly pour: (text: string) => Promise<boolean>
  /** The worker's log and errors, to standard error. */
  readonly err: (text: string) => void
  /** Whether a person reads standard error, standard output. */
  readonly terminal: { readonly out: boolean; readonly err: boolean }
  /** Aborts at the first SIGTERM or SIGINT. */
  readonly stop: AbortSignal
  /** Aborts when the time for a clean stop is over, or at the second signal. */
  readonly abort: AbortSignal
}

/** Exit codes, the same for every command. */
export const exitCode = {
  ok: 0,
  internal: 1,
  settings: 2,
  state: 3,
  /** `report`, `backfill`: the span is not complete. */
  incomplete: 4,
  undelivered: 5,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Ends a command with one line and an exit code; no stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exit: ExitCode

  constructor(exit: ExitCode, message: string) {
    super(message)
    this.exit = exit
  }
}

/** Refuses words that a command does not take, so that a misspelt option cannot pass. */
export function refuseArguments(command: string, args: readonly string[]): void {
  if (args.length > 0) {
    throw new CommandError(
      exitCode.settings,
      `${command} takes no arguments, but was given ${JSON.stringify(args.join(' '))}`,
    )
  }
}
