import { DatabaseSync } from 'node:sqlite'
import { KnownError } from '../errors.ts'
import { BUSY_MS, openReadOnly, query } from './database.ts'
import { diskError } from './disk-error.ts'
import { stateFile } from './files.ts'
import { SCHEMA_VERSION } from './schema.ts'

/**
 * Opens the state beside a running worker, for `use` to queue something that the worker then executes; `use` owns the
 * connection unless it throws. Throws KnownError `state-locked` when that worker is of another version, or what the disk
 * has against it.
 */
export function besideWorker<T>(directory: string, use: (db: DatabaseSync) => T): T {
  const file = stateFile(directory)
  openReadOnly(file).close()
  const db = new DatabaseSync(file, { timeout: BUSY_MS })
  try {
    const { user_version: version } = query<{ user_version: number }>(db, 'PRAGMA user_version').get()!
    if (version !== SCHEMA_VERSION)
      throw new KnownError('state-locked', `${directory} is in use by a worker of another version`)
    return use(db)
  } catch (error) {
    db.close()
    throw diskError(error, file) ?? error
  }
}
