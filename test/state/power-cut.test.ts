/**
 * A power cut: of the log of writes remains what was synced, and any beginning of the rest. What is synced is known by the mode
 * in which SQLite commits: FULL syncs the log at each commit, NORMAL does not (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
import { cpSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { readState } from '../../src/state/read.ts'
import { handClock, type Opened, opened, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf, uidOf } from './receipts.ts'

const STREAM = 'pod/message@test'
const NOW = 10_000 * HOUR_MS
const logOf = (directory: string) => join(directory, 'state.sqlite-wal')

/** Tells how much of the log is on the disk: up to its last commit in FULL mode. */
function watchSyncs(directory: string): () => number {
  const genuine = DatabaseSync.prototype.exec
  let isFull = false
  let synced = 0
  DatabaseSync.prototype.exec = function (sql: string) {
    genuine.call(this, sql)
    const [, mode] = /^PRAGMA synchronous = (FULL|NORMAL)$/.exec(sql) ?? []
    if (mode) isFull = mode === 'FULL'
    if (sql === 'COMMIT' && isFull) synced = statSync(logOf(directory), { throwIfNoEntry: false })?.size ?? 0
  }
  onTestFinished(() => {
    DatabaseSync.prototype.exec = genuine
  })
  return () => synced
}

/** What a power cut leaves of the directory when only `bytes` of the log reached the disk. */
function afterPowerCut(directory: string, bytes: number): string {
  const copy = temporaryDirectory()
  for (const name of ['state.sqlite', 'state.sqlite-wal']) cpSync(join(directory, name), join(copy, name))
  truncateSync(logOf(copy), bytes)
  return copy
}

async function commit(state: Opened, page: number, texts = [`${NOW}:${page}`]): Promise<void> {
  await state.commit(live(STREAM), await receiptOf(texts, { cursor: { page }, observedAt: NOW }), never)
}

/** What must outlive a power cut as soon as it was done, and what is found of it. */
const promises: Record<
  string,
  { does: (state: Opened) => unknown; found: (after: Opened, directory: string) => unknown; as: unknown }
> = {
  'that a run began': {
    does: state => state.begin(),
    found: after => after.begin().ended,
    as: 'uncleanly',
  },
  'that it ended cleanly': {
    does: state => {
      state.begin()
      state.endCleanly()
    },
    found: after => after.begin().ended,
    as: 'cleanly',
  },
  'when a stream was started first': {
    does: state => state.startedAt('pod/audit@test'),
    found: after => after.startedAt('pod/audit@test'),
    as: NOW,
  },
  'a dead letter, with the cursor and the uids of its page': {
    does: state => commit(state, 7, [`${NOW}:good`, `${NOW}:bad`]),
    found: after => ({
      letters: [...after.deadLetters.export()].map(letter => letter.text),
      cursor: after.cursor(live(STREAM)),
      isKnown: after.delivered(STREAM).has(uidOf(`${NOW}:good`)),
    }),
    as: { letters: [`${NOW}:bad`], cursor: { page: 7 }, isKnown: true },
  },
  'that frames may be missing': {
    does: state => state.ledger(STREAM, podArchive).suspectSince('reset'),
    found: (_, directory) => stateNow(directory),
    as: 'suspect',
  },
  'that an hour must be read': {
    does: state => state.ledger(STREAM, podArchive).suspectBetween(NOW, NOW + 1, 'asked for'),
    found: (_, directory) => stateNow(directory),
    as: 'suspect',
  },
  'that an hour is lost': {
    does: state => state.ledger(STREAM, podArchive).lose(NOW, 'refused'),
    found: (_, directory) => stateNow(directory),
    as: 'lost',
  },
}

function stateNow(directory: string): string | undefined {
  const reader = readState(directory)
  const [hour] = reader.hours({ from: NOW, to: NOW + 1 }).filter(({ stream }) => stream === STREAM)
  reader.close()
  return hour?.state
}

describe('a power cut right after it was done does not take back', () => {
  for (const [what, { does, found, as }] of Object.entries(promises)) {
    it(what, async () => {
      const directory = temporaryDirectory()
      const clock = handClock(NOW)
      opened(directory, clock).close()
      const synced = watchSyncs(directory)
      const state = opened(directory, clock)
      await commit(state, 1)
      await does(state)
      const copy = afterPowerCut(directory, synced())
      state.close()
      const after = opened(copy, clock)
      expect(after.setAside).toEqual([])
      expect(await found(after, copy)).toEqual(as)
      after.close()
    })
  }
})

describe('a power cut', () => {
  it('in the first session of a stream leaves that suspect, though the state forgot that there was one', async () => {
    const directory = temporaryDirectory()
    const clock = handClock(NOW)
    opened(directory, clock).close()
    const synced = watchSyncs(directory)
    const state = opened(directory, clock)
    state.begin()
    state.startedAt(STREAM)
    state.ledger(STREAM, podArchive).sessionOpened(NOW)
    await commit(state, 1)
    const copy = afterPowerCut(directory, synced())
    state.close()
    const after = opened(copy, clock)
    expect(after.begin().ended).toBe('uncleanly')
    expect(after.cursor(live(STREAM))).toBeUndefined()
    after.ledger(STREAM, podArchive).sessionOpened(NOW)
    await commit(after, 1)
    expect(stateNow(copy)).toBe('suspect')
    after.close()
  })

  it('takes the last commits, in the middle of a write too: they are delivered again, and none is half there', async () => {
    const directory = temporaryDirectory()
    const clock = handClock(NOW)
    opened(directory, clock).close()
    const synced = watchSyncs(directory)
    const state = opened(directory, clock)
    state.begin()
    for (let page = 1; page <= 12; page++)
      await commit(state, page, page === 4 ? [`${NOW}:${page}`, `${NOW}:bad`] : undefined)
    const { size } = statSync(logOf(directory))
    const found = new Set<number>()
    for (let cut = synced(); cut <= size; cut += 1_499) {
      const after = opened(afterPowerCut(directory, cut), clock)
      const last = Number(after.cursor(live(STREAM))?.['page'])
      const { has } = after.delivered(STREAM)
      for (let page = 1; page <= 12; page++) expect(has(uidOf(`${NOW}:${page}`))).toBe(page <= last)
      expect([...after.deadLetters.list()]).toHaveLength(1)
      expect(after.begin()).toMatchObject({ ended: 'uncleanly' })
      after.close()
      found.add(last)
    }
    state.close()
    expect(Math.min(...found)).toBe(4)
    expect(found.size).toBeGreaterThan(6)
  })
})
