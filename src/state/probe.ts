import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import { diskError } from './disk-error.ts'
import { makeDirectory, stateFile } from './files.ts'

/**
 * Whether a worker could keep its state in the directory: undefined, or KnownError `state-unwritable`. Tries it with a
 * small file, also where the directory is yet to be made, and leaves nothing behind. Does not look whether it is locked.
 */
export function probeDirectory(directory: string): KnownError | undefined {
  let made: string | undefined
  try {
    made = makeDirectory(directory)
    writeSomethingIn(directory)
    if (existsSync(stateFile(directory))) accessSync(stateFile(directory), constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    const known = diskError(error, directory)
    if (!known) throw error
    return new KnownError('state-unwritable', known.message, { cause: error })
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true })
  }
}

function writeSomethingIn(directory: string): void {
  const probe = mkdtempSync(join(directory, 'probe-'))
  try {
    writeFileSync(join(probe, 'probe'), Buffer.alloc(4096))
  } finally {
    rmSync(probe, { recursive: true })
  }
}
