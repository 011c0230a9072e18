import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { KnownError } from '../../src/errors.ts'
import type { DeadLetterRoom } from '../../src/state/dead-letters-room.ts'
import { openState, type WorkerState } from '../../src/state/open.ts'

/** An empty directory that lasts as long as the test. */
export function temporaryDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'state-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A clock that stands still until it is moved. */
export const handClock = (start: number) => {
  let time = start
  return {
    now: () => time,
    sleep: async () => {},
    moveTo: (ms: number) => {
      time = ms
    },
  }
}

export const roomy: DeadLetterRoom = { bytes: 2 ** 30, policy: 'hold', onEvicted: () => {} }

export interface Opened extends WorkerState {
  readonly setAside: readonly string[]
}

export function opened(
  directory: string,
  clock = handClock(1_000),
  deadLetterRoom: DeadLetterRoom = roomy,
): Opened {
  const setAside: string[] = []
  const state = openState(directory, {
    clock,
    deadLetterRoom,
    onTrouble: error => {
      throw error
    },
    onRecovery: () => {},
    onSetAside: path => setAside.push(path),
  })
  return { ...state, setAside }
}

/** The code of the error that `act` throws; undefined when it throws nothing. */
export function codeOf(act: () => unknown): KnownError['code'] | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'KnownError') return (error as KnownError).code
    throw error
  }
}
