import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

const STATE = 'state.sqlite'
const LOCK = 'lock.sqlite'
const UNREADABLE = `${STATE}.unreadable-`
/** What SQLite keeps beside a file in WAL mode. */
const COMPANIONS = ['-wal', '-shm']

export const stateFile = (directory: string): string => join(directory, STATE)
export const lockFile = (directory: string): string => join(directory, LOCK)

/**
 * Makes the directory, and those above it, with mode 0700 where they are missing; returns the topmost that was made.
 * (Node's recursive `mkdirSync` never returns where the system has no room for directories, as below /proc.)
 */
export function makeDirectory(directory: string): string | undefined {
  if (existsSync(directory)) return undefined
  const above = makeDirectory(dirname(directory))
  try {
    mkdirSync(directory, 0o700)
  } catch (error) {
    if (!existsSync(directory)) throw error
  }
  return above ?? directory
}

/**
 * Makes an empty file with mode 0600 when there is none. An existing one is not even opened: closing a file descriptor
 * drops every POSIX lock that the process holds on the file, SQLite's too.
 */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (!existsSync(file)) throw error
  }
}

/** Makes a rename or a new file in the directory outlive a power cut. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Renames the state file, and what SQLite keeps beside it, to a name that is free. Returns that name. */
export function setAside(directory: string, now: number): string {
  const path = freeName(directory, now)
  for (const end of ['', ...COMPANIONS]) {
    if (existsSync(stateFile(directory) + end)) renameSync(stateFile(directory) + end, path + end)
  }
  syncDirectory(directory)
  return path
}

/** Whether a write-ahead log lies there alone, because setting aside was interrupted. SQLite would delete it. */
export const isRemnant = (directory: string): boolean =>
  !existsSync(stateFile(directory)) && existsSync(`${stateFile(directory)}-wal`)

/** When the newest file that was set aside changed last (ms since 1970, real time); undefined when there is none. */
export function lastChangeSetAside(directory: string): number | undefined {
  const changes = readdirSync(directory)
    .filter(name => name.startsWith(UNREADABLE) && !name.endsWith('-shm'))
    .map(name => ({ isLog: name.endsWith('-wal'), ...statSync(join(directory, name)) }))
    // The look at a damaged file leaves an empty log beside it.
    .filter(({ isLog, size }) => !isLog || size > 0)
    .map(({ mtimeMs }) => Math.floor(mtimeMs))
  return changes.length > 0 ? Math.max(...changes) : undefined
}

function freeName(directory: string, now: number): string {
  for (let time = now; ; time++) {
    const stamp = new Date(time).toISOString().replaceAll(/[-:.]/g, '')
    const path = join(directory, UNREADABLE + stamp)
    if (!existsSync(path) && !existsSync(`${path}-wal`)) return path
  }
}
