import { HOUR_MS } from '../../src/clock.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import { readState } from '../../src/state/read.ts'
import { handClock, opened, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf, repair } from './receipts.ts'

export const STREAM = 'pod/message@test'
export const MINUTE = 60_000
export const DAY = 24 * HOUR_MS
export const START = 10_000 * HOUR_MS

/** A run that has begun, and what a test of its ledger needs. */
export function begun(directory = temporaryDirectory(), clock = handClock(START)) {
  const state = opened(directory, clock)
  const before = state.begin()
  const ledger = state.ledger(STREAM, podArchive)
  return {
    state,
    clock,
    ledger,
    before,
    directory,
    open: () => ledger.sessionOpened(clock.now()),
    /** Commits live events of this time. */
    async commit(...times: number[]) {
      const texts = times.map((time, i) => `${time}:${i} at ${clock.now()}`)
      await state.commit(live(STREAM), await receiptOf(texts, { observedAt: clock.now() }), never)
    },
    /** Reads an hour from an archive that holds these events. */
    async read(hour: number, texts: readonly string[], end: 'complete' | 'broken' = 'complete') {
      const id = ledger.beginRead(hour)
      const page = { read: id, known: ledger.known, observedAt: clock.now() }
      await state.commit(repair(STREAM), await receiptOf(texts, page), never)
      return ledger.endRead(id, end)
    },
    /** `3 live` means that the third hour from the start is live. */
    states(from = START, to = clock.now()) {
      const reader = readState(directory)
      const hours = reader.hours({ from, to: to + 1 }).filter(hour => hour.stream === STREAM)
      reader.close()
      return hours.map(({ hour, state }) => `${(hour - START) / HOUR_MS} ${state}`)
    },
    restart() {
      state.close()
      return begun(directory, clock)
    },
  }
}
export const plusHours = (hours: number) => START + hours * HOUR_MS
