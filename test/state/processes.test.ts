import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { real } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { codeOf, handClock, opened, temporaryDirectory } from './directories.ts'
import {
  canInject,
  canLimit,
  canMount,
  limitFileSize,
  makeReadOnly,
  onSmallDisk,
  ownMounts,
  startWorker,
} from './processes.ts'
import { live, uidOf } from './receipts.ts'
import { eventsOf, STREAM } from './worker.ts'

describe('two processes', () => {
  it('the second is refused while the first runs, and is let in when the first was killed', async () => {
    const directory = temporaryDirectory()
    const first = startWorker('hold', directory)
    expect(await first.line(() => true)).toEqual({ previous: 'never ran' })
    const second = startWorker('hold', directory)
    expect(await second.line(() => true)).toEqual({ refused: 'state-locked' })
    await first.kill()
    const third = startWorker('hold', directory)
    expect(await third.line(() => true)).toEqual({ previous: 'uncleanly' })
  })

  it('a reader sees what is committed while the writer goes on', async () => {
    const directory = temporaryDirectory()
    const worker = startWorker('commit', directory)
    const { committed = 0 } = await worker.line(line => (line.committed ?? 0) >= 20)
    const reader = readState(directory)
    const first = reader.hours()[0]?.delivered ?? 0
    expect(first).toBeGreaterThanOrEqual(3 * committed)
    await worker.line(line => (line.committed ?? 0) * 3 > first, worker.lines.length)
    expect(reader.hours()[0]?.delivered).toBeGreaterThan(first)
    expect(reader.lastRun()).toMatchObject({ ended: null })
    reader.close()
  })

  it('a reader says of a killed one that it died until the next run has begun, whatever else opens the state before', async () => {
    const directory = temporaryDirectory()
    const worker = startWorker('commit', directory)
    await worker.line(line => (line.committed ?? 0) >= 1)
    const reader = readState(directory)
    const seen = () => ({ died: reader.died(), state: reader.hours().at(-1)?.state })
    expect(seen()).toEqual({ died: false, state: 'live' })
    await worker.kill()
    expect(seen()).toEqual({ died: true, state: 'suspect' })
    const whileItBegins: unknown[] = []
    const clock = {
      ...handClock(1_000),
      now() {
        whileItBegins.push(reader.died())
        return 1_000
      },
    }
    const state = opened(directory, clock)
    expect(seen()).toEqual({ died: true, state: 'suspect' })
    state.begin()
    expect(whileItBegins).toContain(true)
    expect(whileItBegins).not.toContain(false)
    expect(seen()).toEqual({ died: false, state: 'suspect' })
    expect(codeOf(() => opened(directory))).toBe('state-locked')
    state.close()
    reader.close()
  })

  it('a run is refused by name while somebody looks at the lock without end; to open the state waits for nobody', () => {
    const directory = temporaryDirectory()
    opened(directory).close()
    const look = new DatabaseSync(join(directory, 'lock.sqlite'), { readOnly: true })
    look.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
    const state = opened(directory)
    expect(codeOf(() => opened(directory))).toBe('state-locked')
    expect(codeOf(() => state.begin())).toBe('state-locked')
    look.close()
    state.close()
    expect(opened(directory).begin()).toEqual({ ended: 'never ran' })
  })
})

describe('a kill amid commits', () => {
  it('loses nothing that was committed, and cursor, uids and counts agree', async () => {
    const directory = temporaryDirectory()
    for (let round = 0; round < 3; round++) {
      const worker = startWorker('commit', directory)
      await worker.line(() => worker.lines.length > 150)
      await worker.kill()
      const said = worker.lines.at(-1)?.committed ?? Number.NaN
      const state = opened(directory)
      const page = Number(state.cursor(live(STREAM))?.['page'])
      expect(page).toBeGreaterThanOrEqual(said)
      const { has } = state.delivered(STREAM)
      for (let n = 1; n <= page; n++) expect(eventsOf(n).map(uidOf).every(has)).toBe(true)
      expect(
        eventsOf(page + 1)
          .map(uidOf)
          .some(has),
      ).toBe(false)
      state.close()
      const reader = readState(directory)
      expect(reader.hours().find(hour => hour.delivered > 0)).toMatchObject({ delivered: 3 * page })
      reader.close()
    }
  })
})

describe('a kill at any moment', () => {
  it('of making the state, of beginning a run, of committing, of ending it, leaves a state that is whole', async () => {
    const directory = join(temporaryDirectory(), 'made')
    const ROUNDS = 24
    let page = 0
    for (let round = 0; round < ROUNDS; round++) {
      const worker = startWorker('commit', directory)
      // Half of the kills hit the start, the others commits and the end.
      if (round % 2 === 1) await worker.line(line => line.committed !== undefined)
      if (round % 4 === 3) worker.tell('end')
      await real.sleep(Math.random() * (round % 2 === 1 ? 40 : 300))
      await worker.kill()
      const said = Math.max(page, ...worker.lines.map(line => line.committed ?? 0))
      expect(worker.lines.filter(line => 'setAside' in line || 'failed' in line)).toEqual([])
      const state = opened(directory)
      page = Number(state.cursor(live(STREAM))?.['page'] ?? 0)
      expect(page).toBeGreaterThanOrEqual(said)
      expect(state.setAside).toEqual([])
      const { ended } = state.begin()
      expect(page > 0 ? ['uncleanly', 'cleanly'] : ['uncleanly', 'never ran']).toContain(ended)
      if (ended === 'cleanly') expect(worker.lines.at(-1)).toEqual({ committed: page })
      state.close()
    }
    const state = opened(directory)
    const { has } = state.delivered(STREAM)
    for (let n = 1; n <= page; n++) expect(eventsOf(n).map(uidOf).every(has)).toBe(true)
    state.close()
    const reader = readState(directory)
    expect(reader.hours().find(hour => hour.delivered > 0)).toMatchObject({ delivered: 3 * page })
    reader.close()
    expect(page).toBeGreaterThan(ROUNDS / 2)
  }, 60_000)
})

describe('a disk that refuses', () => {
  it.skipIf(!canLimit)(
    'makes commits wait, and they go on by themselves when it takes them again',
    async () => {
      const directory = temporaryDirectory()
      const worker = startWorker('commit', directory)
      await worker.line(line => line.committed === 20)
      limitFileSize(worker.pid, 8_192)
      await worker.line(line => line.trouble === 'state-disk-failure')
      const before = worker.lines.length
      limitFileSize(worker.pid, 'unlimited')
      await worker.line(line => line.recovered === 'state-disk-failure', before)
      const { committed } = await worker.line(line => line.committed !== undefined, before)
      worker.tell('end')
      expect(await worker.ended()).toBe(0)
      expect(worker.lines.filter(line => line.trouble)).toHaveLength(1)
      const pages = worker.lines.flatMap(line => line.committed ?? [])
      expect(pages).toEqual(pages.map((_, i) => i + 1))
      expect(pages).toContain(committed)
      const state = opened(directory)
      expect(state.begin()).toMatchObject({ ended: 'cleanly' })
      expect(state.cursor(live(STREAM))).toEqual({ page: pages.length })
      state.close()
    },
  )

  it.skipIf(!canMount)('makes commits wait while it is full', async () => {
    const directory = temporaryDirectory()
    const worker = startWorker('commit', directory, onSmallDisk(directory, 'size=8m'))
    await worker.line(line => line.committed === 20)
    worker.tell('fill')
    await worker.line(line => line.trouble === 'state-disk-failure')
    const before = worker.lines.length
    worker.tell('free')
    await worker.line(line => line.recovered === 'state-disk-failure', before)
    await worker.line(line => line.committed !== undefined, before)
    worker.tell('end')
    expect(await worker.ended()).toBe(0)
  })

  it.skipIf(!canInject)(
    'makes commits wait while its file system is read-only, as after a failure of the device',
    async () => {
      const directory = temporaryDirectory()
      const worker = startWorker('commit', directory)
      await worker.line(line => line.committed === 20)
      const writable = await makeReadOnly(worker.pid)
      await worker.line(line => line.trouble === 'state-disk-failure')
      const before = worker.lines.length
      await writable()
      await worker.line(line => line.recovered === 'state-disk-failure', before)
      await worker.line(line => line.committed !== undefined, before)
      worker.tell('end')
      expect(await worker.ended()).toBe(0)
      const pages = worker.lines.flatMap(line => line.committed ?? [])
      expect(pages).toEqual(pages.map((_, i) => i + 1))
      const state = opened(directory)
      expect(state.setAside).toEqual([])
      expect(state.cursor(live(STREAM))).toEqual({ page: pages.length })
      state.close()
    },
  )

  it.skipIf(!canMount)(
    'cannot be made read-only while a worker runs, and is refused at the next start when it was',
    async () => {
      const directory = temporaryDirectory()
      const script = `mount -t tmpfs tmpfs "$0"; "$@" & worker=$!
      while ! [ -s "$0/state.sqlite-wal" ]; do :; done
      mount -o remount,ro "$0" 2>/dev/null && echo '{"trouble":"it was remounted"}'
      kill -9 $worker; wait $worker 2>/dev/null; mount -o remount,ro "$0" && "$@"`
      const worker = startWorker('hold', directory, [...ownMounts, 'sh', '-c', script, directory])
      expect(await worker.line(line => line.refused !== undefined)).toEqual({ refused: 'state-disk-failure' })
      expect(worker.lines.filter(line => line.trouble)).toEqual([])
    },
  )

  it.skipIf(!canMount)('is refused at the start when it is read-only', async () => {
    const directory = temporaryDirectory()
    const worker = startWorker('open', directory, onSmallDisk(directory, 'ro'))
    expect(await worker.line(() => true)).toEqual({ refused: 'state-unwritable' })
  })
})
