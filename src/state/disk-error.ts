import { KnownError } from '../errors.ts'

// https://www.sqlite.org/rescode.html; extended codes carry these in their low byte.
const SQLITE = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  NOTADB: 26,
} as const

const UNREADABLE: ReadonlySet<number> = new Set([SQLITE.CORRUPT, SQLITE.NOTADB])
const REFUSED: ReadonlySet<number> = new Set(Object.values(SQLITE))

/** SQLite's primary result code; undefined when the error is not SQLite's. */
function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 255
    : undefined
}

/** Whether another connection holds the lock that was wanted. */
export const isBusy = (error: unknown): boolean => resultCode(error) === SQLITE.BUSY

/**
 * The name of a failure of SQLite or of the file system: `state-unreadable` for a damaged file, else
 * `state-disk-failure`; a KnownError is itself. Undefined for what the disk is not to blame for, such as a constraint:
 * that is a fault of the program.
 */
export function diskError(error: unknown, path: string | null): KnownError | undefined {
  if (error instanceof KnownError) return error
  if (!(error instanceof Error)) return undefined
  const code = resultCode(error)
  if (code === undefined) {
    return 'syscall' in error
      ? new KnownError('state-disk-failure', error.message, { cause: error })
      : undefined
  }
  if (!REFUSED.has(code)) return undefined
  return new KnownError(
    UNREADABLE.has(code) ? 'state-unreadable' : 'state-disk-failure',
    `${path}: ${error.message}`,
    {
      cause: error,
    },
  )
}
