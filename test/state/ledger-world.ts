/**
 * A worker's state and the Proofpoint around it, reduced to what the ledger is about. The server keeps the place of a
 * session for an hour and counts what it sent; the archive files each event under its own hour, and has faults that
 * enough reads find out: it breaks off, is empty at most twice an hour, or holds back a part once.
 */

import { HOUR_MS, hourOf } from '../../src/clock.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import type { Repair } from '../../src/state/ledger.ts'
import { readState } from '../../src/state/read.ts'
import type { Opened } from './directories.ts'
import { handClock, opened } from './directories.ts'
import { live, never, receiptOf, repair } from './receipts.ts'

const STREAM = 'pod/message@model'
const START = 20_000 * HOUR_MS

export type Fault = 'none' | 'broken' | 'empty' | 'part'

interface Event {
  readonly text: string
  readonly hour: number
  readonly sentFrom: number
}

export function ledgerWorld(directory: string) {
  const clock = handClock(START)
  const events: Event[] = []
  const delivered = new Set<Event>()
  /** What the server has to send: what came since the last session, an hour of it. */
  let waiting: Event[] = []
  /** Sent, and not committed. */
  let onTheWay: Event[] = []
  let hasSession = false
  const faults = new Map<number, Fault[]>()
  let state = start()

  function start(): Opened {
    const state = opened(directory, clock)
    state.begin()
    state.startedAt(STREAM)
    return state
  }
  const ledger = () => state.ledger(STREAM, podArchive)
  const texts = (some: readonly Event[]) => some.map(event => event.text)

  async function commit(some: readonly Event[]) {
    await state.commit(live(STREAM), await receiptOf(texts(some), { observedAt: clock.now() }), never)
    for (const event of some) delivered.add(event)
  }

  /** A fault that this hour may still have. */
  function faultOf(hour: number, wish: Fault, held: readonly Event[]): Fault {
    const before = faults.get(hour) ?? []
    const mayBe = wish === 'part' ? !before.includes('part') && held.length > 1 : before.length < 2
    const fault = wish === 'broken' || mayBe ? wish : 'none'
    if (fault === 'empty' || fault === 'part') faults.set(hour, [...before, fault])
    return fault
  }

  const world = {
    pass(ms: number) {
      clock.moveTo(clock.now() + ms)
    },
    create(lateMs: number, isBad: boolean) {
      const time = clock.now() - lateMs
      const event = {
        text: `${time}:${isBad ? 'bad ' : ''}${events.length}`,
        hour: hourOf(time),
        sentFrom: clock.now(),
      }
      events.push(event)
      if (hasSession) onTheWay.push(event)
      else waiting.push(event)
    },
    async open() {
      if (hasSession) return
      hasSession = true
      ledger().sessionOpened(clock.now())
      await commit([])
      onTheWay = waiting.filter(event => event.sentFrom >= clock.now() - HOUR_MS)
      waiting = []
    },
    async deliver() {
      if (!hasSession) return
      await commit(onTheWay)
      onTheWay = []
    },
    reset() {
      if (!hasSession) return
      hasSession = false
      onTheWay = []
      ledger().suspectSince('reset')
    },
    async stop() {
      await world.deliver()
      hasSession = false
      state.endCleanly()
      state.close()
      state = start()
    },
    kill(awayMs: number) {
      hasSession = false
      onTheWay = []
      state.close()
      world.check()
      world.pass(awayMs)
      state = start()
    },
    async read(scope: Repair, wish: Fault) {
      ledger().expire(clock.now())
      const due = ledger().due(clock.now(), scope)
      if (!due) return
      const held = events.filter(event => event.hour === due.hour)
      const fault = faultOf(due.hour, wish, held)
      const given = fault === 'none' ? held : fault === 'empty' ? [] : held.slice(0, held.length >> 1)
      const read = ledger().beginRead(due.hour)
      const page = { read, known: ledger().known, observedAt: clock.now() }
      await state.commit(repair(STREAM), await receiptOf(texts(given), page), never)
      for (const event of given) delivered.add(event)
      ledger().endRead(read, fault === 'broken' ? 'broken' : 'complete')
    },
    /** Every event is delivered, still comes, or lies in an hour that is said not to be proven. */
    check() {
      const reader = readState(directory)
      const states = new Map(reader.hours().map(({ hour, state }) => [hour, state]))
      reader.close()
      const coming = new Set([
        ...onTheWay,
        ...(hasSession ? [] : waiting.filter(event => event.sentFrom >= clock.now() - HOUR_MS)),
      ])
      for (const event of events) {
        if (delivered.has(event) || coming.has(event)) continue
        const said = states.get(event.hour) ?? 'unknown'
        // Until the next session opens nobody can know that the pause was too long: nothing is said of that time yet.
        const isAbsence = !hasSession && waiting.includes(event)
        if (said === 'verified' || (said === 'live' && !isAbsence))
          throw new Error(`event ${event.text} of a ${said} hour is missing`)
      }
    },
    /** Lets the archive, at last without faults, end every suspicion. Returns what is missing then and not named. */
    async missingAfterRepair() {
      await world.open()
      await world.deliver()
      for (let reads = 0; ; reads++) {
        const dueAt = ledger().nextDueAt('suspect')
        if (dueAt === undefined) break
        if (reads > 5_000) throw new Error('the repair does not end')
        clock.moveTo(Math.max(clock.now(), dueAt))
        await world.read('suspect', 'none')
      }
      world.check()
      const reader = readState(directory)
      const named = new Set(
        reader.hours().flatMap(({ hour, state }) => (state === 'lost' || state === 'unknown' ? [hour] : [])),
      )
      reader.close()
      const isNamed = ({ hour }: Event) => named.has(hour) || hour < START
      return texts(events.filter(event => !delivered.has(event) && !isNamed(event)))
    },
    close: () => state.close(),
  }
  return world
}

export type LedgerWorld = ReturnType<typeof ledgerWorld>
