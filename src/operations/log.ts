import { createRequire } from 'node:module'
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { type ErrorCode, errorTable, explained } from '../errors.ts'
import { printable } from '../printable.ts'

/** What tells of trouble has a code: what that means and what to do stands in docs/errors.md. */
export interface Log extends Pick<Logger, 'info' | 'debug'> {
  error(fields: Coded, message: string): void
  warn(fields: Coded, message: string): void
}
type Coded = { readonly code: ErrorCode } & Readonly<Record<string, unknown>>

export interface LogOptions {
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly format: 'json' | 'pretty'
  readonly colour: boolean
  readonly destination: DestinationStream
}

const require = createRequire(import.meta.url)

/** The worker's own log: one line a thing that happened; never a secret, never a record. */
export function workerLog({ level, format, colour, destination }: LogOptions): Log {
  return pino(
    {
      level,
      base: { service: 'proofpoint-otel' },
      timestamp: stdTimeFunctions.isoTime,
      hooks: {
        // What a server said may stand in a message: it must not begin a line of its own or steer a terminal.
        logMethod(args, method) {
          method.apply(
            this,
            args.map(part => (typeof part === 'string' ? printable(part) : part)) as typeof args,
          )
        },
      },
    },
    format === 'json' ? destination : prettyLines(destination, colour),
  )
}

function prettyLines(destination: DestinationStream, colour: boolean): DestinationStream {
  // Loaded here, since thirty modules for a terminal would hold up every other start.
  const { prettyFactory }: typeof import('pino-pretty') = require('pino-pretty')
  const pretty = prettyFactory({
    colorize: colour,
    translateTime: 'SYS:HH:MM:ss',
    // The message says it all; the fields are for machines.
    hideObject: true,
    messageFormat: (line, messageKey) => {
      const { [messageKey]: message, code } = line
      return code === undefined ? `${message}` : `${message} [${code}]`
    },
    ignore: 'service',
  })
  return { write: line => destination.write(pretty(line)) }
}

/** What passes by itself is a warning; a fault of the program never is. */
export const levelOf = (code: ErrorCode): 'warn' | 'error' =>
  code !== 'internal' && errorTable[code].waitingHelps ? 'warn' : 'error'

/**
 * Tells an error by its entry in the table: what happened just now, what that means, and what to do.
 */
export function tellError(
  log: Log,
  code: ErrorCode,
  detail: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  const { means, operator } = errorTable[code]
  log[levelOf(code)]({ ...fields, code }, `${detail}: ${means} ${operator}`)
}

/** Tells that an order of another process failed, with what `explained` says of it. */
export function tellOrderFailed(log: Log, what: string, error: unknown): void {
  const { code, words } = explained(error)
  log.error(
    { code, ...(code === 'internal' && { err: error }) },
    `${what} failed, and is tried again: ${words}`,
  )
}
