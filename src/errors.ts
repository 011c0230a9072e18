/** Every error the worker knows by name, once: what it means, what the worker does by itself, what the operator does. */
import { deliveryErrors } from './errors/delivery.ts'
import type { ErrorEntry } from './errors/entry.ts'
import { mappingErrors } from './errors/mapping.ts'
import { networkErrors } from './errors/network.ts'
import { podErrors } from './errors/pod.ts'
import { surroundingsErrors } from './errors/surroundings.ts'
import { tapErrors } from './errors/tap.ts'

export const errorTable = {
  ...podErrors,
  ...tapErrors,
  ...networkErrors,
  ...mappingErrors,
  ...deliveryErrors,
  ...surroundingsErrors,
}

export type ErrorCode = keyof typeof errorTable

/** What a log tells of an error: its name; in words what happened just now, what that means, and what to do. */
export function explained(error: unknown): { readonly code: ErrorCode; readonly words: string } {
  if (error instanceof KnownError) {
    const { code, entry, message } = error
    return { code, words: `${message}. ${entry.means} ${entry.operator}` }
  }
  return { code: 'internal', words: `internal error: ${error}. ${errorTable.internal.operator}` }
}

/** An error with a name: its message says what happened just now, its table entry what that means and what to do. */
export class KnownError extends Error {
  override readonly name = 'KnownError'
  readonly code: ErrorCode
  /** When the other side said how long to wait, ms. */
  readonly afterMs: number | undefined

  constructor(code: ErrorCode, detail: string, options: { cause?: unknown; afterMs?: number } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.afterMs = options.afterMs
  }

  get entry(): ErrorEntry {
    return errorTable[this.code]
  }
}
