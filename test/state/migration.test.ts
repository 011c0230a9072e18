/** `version-1.sql` is a state file as version 1 left it, in the middle of a run: it stays as it is. */
import { cpSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, vi } from 'vitest'
import { HOUR_MS, real } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { SCHEMA_VERSION } from '../../src/state/schema.ts'
import { handClock, opened, temporaryDirectory } from './directories.ts'
import { startWorker } from './processes.ts'
import { live, never, receiptOf, uidOf } from './receipts.ts'

const POD = 'pod/message@test'
const TAP = 'tap@test'
const START = 10_000 * HOUR_MS
const NOW = START + 8 * HOUR_MS

function versionOne(): string {
  const directory = temporaryDirectory()
  const db = new DatabaseSync(join(directory, 'state.sqlite'))
  db.exec(`BEGIN; ${readFileSync(join(import.meta.dirname, 'version-1.sql'), 'utf8')} COMMIT`)
  db.close()
  return directory
}

function versionOf(directory: string): unknown {
  const db = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true })
  const row = db.prepare('PRAGMA user_version').get()
  db.close()
  return row?.['user_version']
}

/** What the file is made of. */
function schemaOf(directory: string): unknown {
  const db = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true })
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all()
  db.close()
  return rows
}

/** Everything that version 1 had written is there. */
function expectContents(directory: string): void {
  const state = opened(directory, handClock(NOW))
  expect(state.setAside).toEqual([])
  expect(state.cursor(live(POD))).toEqual({ heldAt: START + 3.5 * HOUR_MS })
  expect(state.cursor(live(TAP))).toEqual({ settled: NOW - 1_000 })
  expect(state.startedAt(POD)).toBe(START + 1_000)
  const delivered = state.delivered(POD)
  for (const hours of [0.5, 1.5, 2.5, 3.5]) {
    const time = START + hours * HOUR_MS
    for (const text of [`${time}:a`, `${time}:b`, `${time - 2 * HOUR_MS}:late`])
      expect(delivered.has(uidOf(text))).toBe(true)
  }
  expect(delivered.has(uidOf(`${START}:never seen`))).toBe(false)
  expect([...state.deadLetters.export()]).toMatchObject([
    { cause: 'refused', stream: POD, reason: 'bad record' },
  ])
  expect(state.deadLetters.totals()).toMatchObject([{ cause: 'refused', letters: 1 }])
  state.close()
  const reader = readState(directory)
  const hours = reader.hours({ from: START - HOUR_MS, to: START + 4 * HOUR_MS })
  const told = hours.map(({ stream, hour, state }) => `${stream} ${(hour - START) / HOUR_MS} ${state}`)
  reader.close()
  expect(told).toContain(`${POD} 0 live`)
  expect(told).toContain(`${POD} 1 verified`)
  expect(told).toContain(`${POD} 2 suspect`)
  expect(told).toContain(`${TAP} -1 lost`)
  expect(hours.find(({ stream, state }) => stream === POD && state === 'verified')).toMatchObject({
    delivered: 3,
    repaired: 1,
    alreadyDelivered: 7,
    changes: [{ reason: 'reset' }, {}, { reason: 'two reads of the archive agree' }],
  })
}

describe('a state file of version 1', () => {
  it('is brought to this version with all that is in it, and its run counts as killed', async () => {
    const directory = versionOne()
    expect(versionOf(directory)).toBe(1)
    expectContents(directory)
    expect(versionOf(directory)).toBe(SCHEMA_VERSION)
    const state = opened(directory, handClock(NOW))
    expect(state.begin()).toMatchObject({ ended: 'uncleanly' })
    await state.commit(live(POD), await receiptOf([`${NOW}:new`], { observedAt: NOW }), never)
    expect(state.delivered(POD).has(uidOf(`${NOW}:new`))).toBe(true)
    state.close()
  })

  it('becomes what a new file is', () => {
    const [old, fresh] = [versionOne(), temporaryDirectory()]
    expect(schemaOf(old)).not.toEqual([])
    for (const directory of [old, fresh]) opened(directory, handClock(NOW)).close()
    expect(schemaOf(old)).toEqual(schemaOf(fresh))
  })

  it('is refused to those who only read, by name, and left as it is', () => {
    const directory = versionOne()
    expect(() => readState(directory)).toThrow(expect.objectContaining({ code: 'state-older' }))
    expect(versionOf(directory)).toBe(1)
  })

  it('is whole wherever a power cut ends the change: of the old version or of the new one', () => {
    const directory = versionOne()
    const migrated = opened(directory, handClock(NOW))
    const wal = join(directory, 'state.sqlite-wal')
    const { size } = statSync(wal)
    const versions = new Set<unknown>()
    for (const cut of [...Array.from({ length: Math.ceil(size / 2_060) }, (_, i) => i * 2_060), size]) {
      const copy = temporaryDirectory()
      for (const name of ['state.sqlite', 'state.sqlite-wal']) cpSync(join(directory, name), join(copy, name))
      truncateSync(join(copy, 'state.sqlite-wal'), cut)
      versions.add(versionOf(copy))
      expectContents(copy)
    }
    migrated.close()
    expect(versions).toEqual(new Set([1, SCHEMA_VERSION]))
  })

  it('is whole whenever the process that changes it is killed', async () => {
    for (let round = 0; round < 8; round++) {
      const directory = versionOne()
      const worker = startWorker('hold', directory)
      const isOpen = () => existsSync(join(directory, 'state.sqlite-wal'))
      await vi.waitUntil(isOpen, { timeout: 20_000, interval: 1 })
      await real.sleep(2 * round)
      await worker.kill()
      expect([1, SCHEMA_VERSION]).toContain(versionOf(directory))
      expectContents(directory)
    }
  })
})
