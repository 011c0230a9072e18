import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, real } from '../../src/clock.ts'
import { backfill } from '../../src/commands/backfill.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { readState } from '../../src/state/read.ts'
import { handClock, opened, temporaryDirectory } from '../state/directories.ts'
import { commandResult } from '../support/command.ts'
import { account, workerEnv } from '../support/worker.ts'

const stream = `pod/message@${account.clusterId}`
const START = Date.parse('2026-11-22T08:20:00Z')
/** `3` is three o'clock on the day of the start. */
const at = (hour: number) => new Date(Date.parse('2026-11-22T00:00:00Z') + hour * HOUR_MS).toISOString()
const span = (from: number, to: number) => ['--stream', stream, '--from', at(from), '--to', at(to)]

describe('a backfill that is asked for', () => {
  /** A state in which the stream was started half an hour ago, and stopped; with a verified hour. */
  async function state() {
    const directory = temporaryDirectory()
    const clock = handClock(START)
    const opening = opened(directory, clock)
    opening.begin()
    const ledger = opening.ledger(stream, podArchive)
    ledger.sessionOpened(START)
    ledger.suspectBetween(Date.parse(at(4)), Date.parse(at(5)), 'a reset')
    for (const minute of [0, 20, 40]) {
      clock.moveTo(START + minute * 60_000)
      ledger.endRead(ledger.beginRead(Date.parse(at(4))), 'complete')
    }
    opening.endCleanly()
    opening.close()
    const env = {
      ...workerEnv({
        simulator: { podUrl: 'ws://127.0.0.1:1', tapUrl: 'http://127.0.0.1:1' },
        state: directory,
        collector: 'http://127.0.0.1:1',
      }),
      PROOFPOINT_REHEARSAL_CLOCK: `1x@2026-11-22T09:10:00Z/${new Date(real.now()).toISOString()}`,
    }
    return { env, ask: (...args: string[]) => commandResult(['backfill', ...args], env) }
  }

  it('says first what it takes, and does nothing without consent', async () => {
    const { ask } = await state()
    const { code, out, err } = await ask(...span(3.4, 8.5))
    expect(code).toBe(2)
    expect(err).toContain('add --yes')
    expect(
      out
        .trim()
        .split('\n')
        .map(line => line.trim()),
    ).toEqual([
      `${stream}: 6 hours from 2026-11-22T03:00:00Z to 2026-11-22T09:00:00Z, rounded to whole hours`,
      'an hour skipped: verified, or live from begin to end',
      '5 hours to be read, in at least 10 archive sessions: two of each hour, 15 minutes apart or more, must agree, and three where an hour holds few events',
      'the last one can be read from 2026-11-22T09:45:00Z on',
    ])
  })

  it('is over at once where nothing is left to be brought', async () => {
    const { ask } = await state()
    const { code, out } = await ask(...span(4, 5), '--yes')
    expect(out).toContain('0 hours to be read')
    expect(code).toBe(0)
  })

  it('says which hours the archive cannot give, and is not complete then', async () => {
    const { ask } = await state()
    const { code, out } = await ask(...span(-32 * 24, -31 * 24), '--yes')
    expect(out).toContain('24 hours out of reach: the archive keeps 30 days')
    expect(code).toBe(4)
  })

  it.each(['n\n', '\n', ''])('is not done when the answer on a terminal is %j', async answer => {
    const { env } = await state()
    const { code, asked } = await answered(env, answer)
    expect(code).toBe(0)
    expect(asked).toBe(0)
  })

  it('is done when the answer is yes; what a signal ended stays asked for', async () => {
    const { env } = await state()
    const { code, asked, told } = await answered(env, 'y\n')
    expect(told).toContain('Read them? [y/N]')
    expect(code).toBe(4)
    expect(asked).toBe(2)
  })

  it.each(['2026-11-22T02:00:00', '22 Nov 2026 02:00', '1'])('does not guess what time %s is', async from => {
    const { ask } = await state()
    const { code, err } = await ask('--stream', stream, '--from', from, '--to', at(5), '--yes')
    expect(code).toBe(2)
    expect(err).toContain('--from takes a time')
  })

  it('names all faults at once, and the streams that there are', async () => {
    const { ask } = await state()
    const { code, err } = await ask('--stream', 'pod/mesage@x', '--from', 'yesterday', '--to', at(20))
    expect(code).toBe(2)
    expect(err).toContain(`--stream takes one of ${stream}`)
    expect(err).toContain('--from takes a time')
    expect(err).toContain('--to is in the future')
    expect(err.trim().split('\n')).toHaveLength(1)
    expect((await ask('--stream', stream, '--from', at(5), '--to', at(5))).err).toContain(
      '--to must be after --from',
    )
  })
})

/** The command on a terminal, whose user gives this answer and presses ^C when it begins. */
async function answered(env: Readonly<Record<string, string>>, answer: string) {
  let told = ''
  const tell = (text: string) => {
    told += text
  }
  const stop = new AbortController()
  const code = await backfill({
    env,
    args: span(5, 7),
    input: Readable.from(answer === '' ? [] : [Buffer.from(answer)]),
    out: tell,
    pour: async () => true,
    err(text) {
      tell(text)
      if (text.includes('hours done')) stop.abort()
    },
    terminal: { out: true, err: true },
    stop: stop.signal,
    abort: new AbortController().signal,
  })
  const reader = readState(env['PROOFPOINT_STATE_DIR'] ?? '')
  const asked = reader.hours().filter(hour => hour.asked).length
  reader.close()
  return { code, asked, told }
}
