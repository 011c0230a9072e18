import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { KnownError } from '../errors.ts'
import { diskError, isBusy } from './disk-error.ts'
import { lockFile, makePrivateFile } from './files.ts'

/** A look at the lock takes far less. */
const LOOK_MS = 250

export interface Lock {
  /** What `isRunning` says becomes true. To be called once. Waits no longer than somebody may look at the lock; throws as `takeLock` does. */
  showRun(): void
  release(): void
}

/**
 * Makes this process the only writer of the directory until `release` is called or the process ends, in whatever way: the
 * lock is the operating system's, on an empty SQLite file. It is reserved while nothing runs, and held exclusively, so that
 * nobody can read it, during a run. Never waits. Throws KnownError `state-locked`, or what the disk has against it.
 */
export function takeLock(directory: string): Lock {
  return asLockRefusal(directory, () => {
    const file = lockFile(directory)
    makePrivateFile(file)
    const db = new DatabaseSync(file, { timeout: 0 })
    try {
      db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE')
    } catch (error) {
      db.close()
      throw error
    }
    return {
      // Somebody may look, as nothing has kept them from it so far. In this locking mode the end of a transaction gives up no lock.
      showRun: () =>
        asLockRefusal(directory, () =>
          db.exec(`PRAGMA busy_timeout = ${LOOK_MS}; ROLLBACK; BEGIN EXCLUSIVE`),
        ),
      release: () => db.close(),
    }
  })
}

function asLockRefusal<T>(directory: string, lock: () => T): T {
  try {
    return lock()
  } catch (error) {
    const file = lockFile(directory)
    if (isBusy(error))
      throw new KnownError('state-locked', `${directory} is in use by another process`, { cause: error })
    if (diskError(error, file)?.code !== 'state-unreadable') throw error
    throw new KnownError('state-unwritable', `${file} is not a lock file: remove it`, { cause: error })
  }
}

/** Undefined where `open` finds that another process holds the lock. */
export function unlessLocked<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof KnownError && error.code === 'state-locked') return undefined
    throw error
  }
}

/** Whether a process holds the lock and has begun a run. */
export function isRunning(directory: string): boolean {
  const file = lockFile(directory)
  if (!existsSync(file)) return false
  const db = new DatabaseSync(file, { readOnly: true, timeout: 0 })
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    db.close()
  }
}
