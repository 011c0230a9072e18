/** Whole workers whose state is damaged, cut off, newer or full, or whose clock was moved: nothing is lost, or it is said what. */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { DAY_MS, real } from '../../src/clock.ts'
import { canLimit, limitFileSize } from '../state/processes.ts'
import { rehearsed } from '../support/rehearsed-worker.ts'
import { soon } from '../support/unreachable-pod.ts'
import { logOf } from '../support/worker.ts'

const TEST_MS = 90_000

describe('a state that a power cut shortened', () => {
  it('lets the worker go on: nothing is missing, and the hours around it are suspect', {
    timeout: TEST_MS,
  }, async () => {
    await using proofpoint = await rehearsed(1, { rates: {} })
    const { simulator, collector, state } = proofpoint
    const event = (i: number) =>
      JSON.stringify({ guid: `event-${i}`, ts: '2026-11-22T02:20:00.000000+0000', n: i })
    const all = Array.from({ length: 40 }, (_, i) => event(i))
    {
      await using running = proofpoint.run()
      await expect.poll(() => simulator.sessions('message').length, soon).toBe(1)
      for (const [i, text] of all.slice(0, 20).entries()) {
        simulator.inject('message', Buffer.from(text))
        await expect.poll(() => collector.taken.length, soon).toBe(i + 1)
      }
      running.signal('SIGKILL')
      await running.ended
    }
    const log = join(state, 'state.sqlite-wal')
    truncateSync(log, Math.round(statSync(log).size * 0.6) + 7)
    await using running = proofpoint.run()
    await expect.poll(() => simulator.sessions('message').length, soon).toBe(1)
    for (const text of all.slice(20)) simulator.inject('message', Buffer.from(text))
    await expect.poll(() => new Set(collector.taken).size, soon).toBe(all.length)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(running.err()).toContain('the last run did not end cleanly')
    expect([...new Set(collector.taken)].sort()).toEqual(all.toSorted())
    expect((await proofpoint.report()).out).toContain('suspect')
  })
})

describe('a state file', () => {
  it('that is damaged is set aside with an alarm, the worker goes on, and the hours are suspect', {
    timeout: TEST_MS,
  }, async () => {
    await using proofpoint = await rehearsed(1, { rates: { message: 20 } })
    const { collector, state } = proofpoint
    {
      await using running = proofpoint.run()
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(10)
      running.signal('SIGTERM')
      expect(await running.ended).toBe(0)
    }
    writeFileSync(join(state, 'state.sqlite'), 'garbage '.repeat(5_000))
    const before = collector.taken.length
    await using running = proofpoint.run()
    await expect
      .poll(() => logOf(running).find(line => line.code === 'state-set-aside')?.msg, soon)
      .toMatch(/it was set aside as .*unreadable-.*Keep the file that was set aside/)
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(before)
    expect(readdirSync(state).filter(name => name.includes('unreadable-')).length).toBeGreaterThan(0)
    expect(await proofpoint.report()).toMatchObject({ code: 4, out: expect.stringContaining('set aside') })
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  })

  it('of a newer version is refused with both versions named, exit code 3, and stays as it is', {
    timeout: TEST_MS,
  }, async () => {
    await using proofpoint = await rehearsed(1, { rates: {} })
    const file = join(proofpoint.state, 'state.sqlite')
    {
      await using running = proofpoint.run()
      await expect.poll(() => running.err(), soon).toContain('is open')
      running.signal('SIGTERM')
      expect(await running.ended).toBe(0)
    }
    const db = new DatabaseSync(file)
    db.exec('PRAGMA user_version = 77')
    db.close()
    const before = readFileSync(file)
    await using running = proofpoint.run()
    expect(await running.ended).toBe(3)
    expect(running.err()).toMatch(
      /has version 77; this program knows versions up to \d+.*Run the newer version/,
    )
    expect(readFileSync(file)).toEqual(before)
  })
})

describe('a disk of the state that is full', () => {
  it.skipIf(!canLimit)(
    'makes deliveries wait with an alarm; when there is room they go on by themselves, and nothing is lost',
    { timeout: TEST_MS },
    async () => {
      await using proofpoint = await rehearsed(1, { rates: { message: 50 } })
      const { simulator, collector } = proofpoint
      await using running = proofpoint.run()
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(50)
      limitFileSize(running.pid, 8_192)
      await expect
        .poll(() => logOf(running).find(line => line.code === 'state-disk-failure')?.msg, soon)
        .toMatch(
          /^pod\/message@.*Free space on the disk of PROOFPOINT_STATE_DIR.*PoD keeps its place for one hour/,
        )
      const before = collector.taken.length
      limitFileSize(running.pid, 'unlimited')
      await expect.poll(() => running.err(), soon).toContain('can be committed again')
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(before)
      running.signal('SIGTERM')
      expect(await running.ended).toBe(0)
      expect(new Set(collector.taken).size).toBe(collector.taken.length)
      expect(collector.taken).toHaveLength(simulator.ledger.sent.message.live)
    },
  )
})

describe('the clock of a worker that was moved while it was away', () => {
  it('back by a day: what it may have missed is suspect until the clock is right again, and the report says why', {
    timeout: TEST_MS,
  }, async () => {
    await using proofpoint = await rehearsed(60, { rates: { message: 0.5 } })
    const { clock, collector } = proofpoint
    {
      await using running = proofpoint.run()
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(10)
      running.signal('SIGTERM')
      expect(await running.ended).toBe(0)
    }
    const before = collector.taken.length
    const wrong = `60x@${new Date(clock.now() - DAY_MS).toISOString()}/${new Date(real.now()).toISOString()}`
    await using running = proofpoint.run({ PROOFPOINT_REHEARSAL_CLOCK: wrong })
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(before)
    const reason = async () => (await proofpoint.report()).out
    await expect.poll(reason, soon).toContain('the clock')
    expect((await proofpoint.report()).code).toBe(4)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  })
})
