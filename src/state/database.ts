import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { KnownError } from '../errors.ts'
import { diskError } from './disk-error.ts'
import { makePrivateFile, syncDirectory } from './files.ts'
import { APPLICATION_ID, SCHEMA_VERSION, upgrade } from './schema.ts'

/** How long to wait for a lock that another connection holds: a reader that begins, or somebody's `sqlite3`. */
export const BUSY_MS = 5_000

/** A prepared statement whose SQL text promises rows of type `Row`. */
export interface Query<Row> {
  get(...values: SQLInputValue[]): Row | undefined
  all(...values: SQLInputValue[]): Row[]
}

/** The statement throws a KnownError where the disk is to blame. */
export function query<Row>(db: DatabaseSync, sql: string): Query<Row> {
  const statement = db.prepare(sql)
  return {
    get: (...values) => blamingDisk(db, () => statement.get(...values)) as Row | undefined,
    all: (...values) => blamingDisk(db, () => statement.all(...values)) as Row[],
  }
}

/**
 * Runs `write` in one transaction: all of it or, when it throws, nothing. After it returns, what was written outlives
 * the process. Without `powerCut` a power cut may take the last transactions, newest first and each as a whole; with it
 * this one and all before it are on the disk. Throws a KnownError where the disk is to blame.
 */
export function transaction<T>(db: DatabaseSync, write: () => T, { powerCut = false } = {}): T {
  if (powerCut) db.exec('PRAGMA synchronous = FULL')
  try {
    db.exec('BEGIN IMMEDIATE')
    const result = write()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw diskError(error, db.location()) ?? error
  } finally {
    if (powerCut) db.exec('PRAGMA synchronous = NORMAL')
  }
}

function blamingDisk<T>(db: DatabaseSync, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw diskError(error, db.location()) ?? error
  }
}

/**
 * Opens a state file of this version for reading only, beside a running worker or without one. It never holds up a
 * writer. Throws KnownError `state-missing`, `state-newer`, `state-unreadable`, or what else the disk has against it.
 */
export function openReadOnly(file: string): DatabaseSync {
  if (!existsSync(file)) throw new KnownError('state-missing', `${file} does not exist`)
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS })
  try {
    refuseForeign(db, file)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens the state file for the one writer, and brings an older one to this version. Throws as `openReadOnly` does. */
export function openWritable(file: string): DatabaseSync {
  inspect(file)
  const db = new DatabaseSync(file, { timeout: BUSY_MS })
  try {
    const [mode] = db.prepare('PRAGMA journal_mode = WAL').all()
    if (mode?.['journal_mode'] !== 'wal')
      throw new KnownError('state-unwritable', `${file}: the file system cannot hold a write-ahead log`)
    db.exec('PRAGMA synchronous = NORMAL')
    transaction(db, () => upgrade(db, version(db)), { powerCut: true })
    refuseMutilated(db, file)
    return db
  } catch (error) {
    db.close()
    throw isOfSchema(error) ? new KnownError('state-unreadable', `${file}: ${error.message}`) : error
  }
}

/** SQLITE_ERROR: a statement names what is not there. The statements are right, so that the file's own definitions are not. */
const isOfSchema = (error: unknown): error is Error =>
  error instanceof Error && 'errcode' in error && error.errcode === 1

/** Definitions are text that no integrity check reads. What somebody added to them is left alone. */
function refuseMutilated(db: DatabaseSync, file: string): void {
  const fresh = new DatabaseSync(':memory:')
  upgrade(fresh, 0)
  const found = new Set(definitions(db))
  const missing = definitions(fresh).find(definition => !found.has(definition))
  fresh.close()
  if (missing !== undefined)
    throw new KnownError('state-unreadable', `${file}: it lacks the definition ${missing.split('\n', 1)[0]}`)
}

const definitions = (db: DatabaseSync): string[] =>
  query<{ sql: string }>(db, 'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL')
    .all()
    .map(({ sql }) => sql)

/** Makes a state file that is complete from the moment it has its name, so that an empty one is always a damage. */
export function createStateFile(file: string, fill: (db: DatabaseSync) => void): void {
  const unfinished = `${file}.new`
  for (const path of [unfinished, `${unfinished}-journal`]) rmSync(path, { force: true })
  makePrivateFile(unfinished)
  const db = new DatabaseSync(unfinished)
  try {
    transaction(db, () => {
      upgrade(db, 0)
      fill(db)
    })
  } finally {
    db.close()
  }
  renameSync(unfinished, file)
  syncDirectory(dirname(file))
}

/** Looks through the file without changing it: a newer version's must stay as it is, a damaged one too. */
function inspect(file: string): void {
  const db = openReadOnly(file)
  try {
    const { integrity_check: finding } = query<{ integrity_check: string }>(
      db,
      'PRAGMA integrity_check(1)',
    ).get()!
    if (finding !== 'ok') throw new KnownError('state-unreadable', `${file}: ${finding}`)
    const unreadable = query<{ name: string }>(
      db,
      'SELECT name FROM streams WHERE NOT json_valid(cursor)',
    ).get()
    if (unreadable)
      throw new KnownError('state-unreadable', `${file}: the cursor of ${unreadable.name} is no JSON`)
  } finally {
    db.close()
  }
}

/** A reader cannot bring a file up to date. Closes it and throws KnownError `state-older`. */
export function refuseOlder(db: DatabaseSync, file: string): void {
  const found = version(db)
  if (found === SCHEMA_VERSION) return
  db.close()
  throw new KnownError('state-older', `${file} has version ${found}, not yet ${SCHEMA_VERSION}`)
}

function refuseForeign(db: DatabaseSync, file: string): void {
  const { application_id: id } = query<{ application_id: number }>(db, 'PRAGMA application_id').get()!
  if (id !== APPLICATION_ID)
    throw new KnownError('state-unreadable', `${file} is not a state file of proofpoint-otel`)
  const found = version(db)
  if (found > SCHEMA_VERSION) {
    throw new KnownError(
      'state-newer',
      `${file} has version ${found}; this program knows versions up to ${SCHEMA_VERSION}`,
    )
  }
}

const version = (db: DatabaseSync): number =>
  query<{ user_version: number }>(db, 'PRAGMA user_version').get()!.user_version
