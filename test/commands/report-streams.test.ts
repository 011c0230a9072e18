import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { HOUR_MS, real } from '../../src/clock.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { handClock, opened, temporaryDirectory } from '../state/directories.ts'
import { live, never, receiptOf } from '../state/receipts.ts'
import { commandResult } from '../support/command.ts'

const STREAM = 'pod/message@test'
const START = Date.parse('2026-11-22T00:00:00Z')
const at = (hours: number) => START + hours * HOUR_MS
const iso = (hours: number) => new Date(at(hours)).toISOString()

it('answers for the streams that are named, and refuses one that the state does not know', async () => {
  const directory = temporaryDirectory()
  const clock = handClock(START)
  const state = opened(directory, clock)
  state.begin()
  for (const name of ['pod/maillog@test', STREAM]) {
    state.ledger(name, podArchive).sessionOpened(START)
    clock.moveTo(at(2))
    await state.commit(live(name), await receiptOf([], { observedAt: at(2) }), never)
    clock.moveTo(START)
  }
  state.ledger(STREAM, podArchive).suspectBetween(START, at(1), 'a reset')
  state.endCleanly()
  state.close()
  const report = (...args: string[]) =>
    commandResult(['report', '--from', iso(0), '--to', iso(1), ...args], {
      PROOFPOINT_STATE_DIR: directory,
      PROOFPOINT_REHEARSAL_CLOCK: `1x@${iso(3)}/${new Date(real.now()).toISOString()}`,
    })
  expect((await report()).code).toBe(4)
  const { code, out } = await report('--stream', 'pod/maillog@test')
  expect(code).toBe(0)
  expect(out).not.toContain(STREAM)
  expect((await report('--stream', 'pod/maillog@test', '--stream', STREAM)).code).toBe(4)
  const refused = await report('--stream', 'pod/mesage@test')
  expect(refused.code).toBe(2)
  expect(refused.err).toContain(`--stream takes one of pod/maillog@test, ${STREAM}`)
})

it.each([
  ['undecided', 'not yet known'],
  ['trusted', 'trusted'],
  ['withdrawn', 'PROOFPOINT_POD_ARCHIVE_TOKEN'],
] as const)('says that reading the archive with the live token is %s', async (trust, words) => {
  const directory = temporaryDirectory()
  const state = opened(directory, handClock(START))
  state.begin()
  state.startedAt(STREAM)
  const borrows = state.borrows(STREAM)
  borrows.begin()
  if (trust !== 'undecided') borrows.enter(trust)
  state.close()
  const report = (...args: string[]) =>
    commandResult(['report', ...args], { PROOFPOINT_STATE_DIR: directory })
  expect(JSON.parse((await report('--json')).out).streams).toMatchObject([{ borrowing: trust }])
  expect((await report()).out).toMatch(new RegExp(`read from the archive with the live token: .*${words}`))
})

it('says of a damaged state what brings it right, with code 3, and not what only a start does', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'state.sqlite'), 'garbage '.repeat(5_000))
  const { code, err } = await commandResult(['report'], { PROOFPOINT_STATE_DIR: directory })
  expect(code).toBe(3)
  expect(err).toContain('Restart the worker: it sets the file aside')
  expect(err).not.toContain('was set aside')
})
