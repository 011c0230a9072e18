/**
 * A worker's state and the Proofpoint around it, reduced to what the ledger is about. The server keeps the place of a
 * session for an hour and counts what it sent; the archive files each event under its own hour, and has faults that
 * enough reads find out: it breaks off, is empty at most twice an hour, or holds back a part once. Where `movesPlace`, the end
 * of an archive session with the live token becomes the place of the session. Events are `latestMs` late at most, and the
 * stream has seen one that was.
 */

import { HOUR_MS, hourOf } from '../../src/clock.ts'
import type { Log } from '../../src/operations/log.ts'
import { podArchive } from '../../src/proofpoint/pod/archive.ts'
import type { Repair } from '../../src/state/ledger.ts'
import { readState, type StateReader } from '../../src/state/read.ts'
import { weigh } from '../../src/worker/weigh.ts'
import type { Opened } from './directories.ts'
import { handClock, opened } from './directories.ts'
import { live, never, receiptOf, repair } from './receipts.ts'

const STREAM = 'pod/message@model'
const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} }
const START = 20_000 * HOUR_MS

export type Fault = 'none' | 'broken' | 'empty' | 'part'

interface Event {
  readonly text: string
  readonly hour: number
  readonly sentFrom: number
}

export async function ledgerWorld(directory: string, movesPlace: boolean, latestMs: number) {
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
  let reader: StateReader | undefined

  function start(): Opened {
    const state = opened(directory, clock)
    state.begin()
    state.startedAt(STREAM)
    return state
  }
  function close() {
    reader?.close()
    reader = undefined
    state.close()
  }
  function hours() {
    reader ??= readState(directory)
    return reader.hours()
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
    /** `late`: how late the event comes, from 0 to 1, as late as any does. */
    create(late: number, isBad: boolean) {
      const time = clock.now() - Math.round(late * latestMs)
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
    /** The server closes the session in order. */
    async leave() {
      await world.deliver()
      hasSession = false
    },
    async stop() {
      await world.leave()
      state.endCleanly()
      close()
      state = start()
    },
    kill(awayMs: number) {
      hasSession = false
      onTheWay = []
      close()
      world.check()
      world.pass(awayMs)
      state = start()
    },
    /** Asks by hand for some hours up to now. */
    ask(hoursBack: number, hours: number) {
      const from = clock.now() - hoursBack * HOUR_MS
      ledger().ask(from, Math.min(from + hours * HOUR_MS, clock.now()))
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
      const borrows = state.borrows(STREAM)
      weigh({ stream: STREAM, ledger: ledger(), borrows, log: silent })
      if (movesPlace && borrows.trust() === 'trusted')
        throw new Error('a server that loses events is trusted')
    },
    /** Reads what is due next, as soon as it may be. */
    async readNext(scope: Repair) {
      const dueAt = ledger().nextDueAt(scope)
      if (dueAt === undefined) return
      clock.moveTo(Math.max(clock.now(), dueAt))
      await world.read(scope, 'none')
    },
    /**
     * When an hour is due, the live session is closed cleanly, the archive is read with its token while mail goes on, and
     * live begins again.
     */
    async borrow(scope: Repair, wish: Fault, isKilled: boolean) {
      await world.open()
      const dueAt = ledger().nextDueAt(scope)
      if (dueAt === undefined) return
      clock.moveTo(Math.max(clock.now(), dueAt))
      await world.deliver()
      hasSession = false
      state.borrows(STREAM).begin()
      for (let i = 0; i < 12; i++) {
        world.pass(10_000)
        world.create(0, false)
      }
      await world.read(scope, wish)
      if (movesPlace) waiting = []
      if (isKilled) world.kill(5 * 60_000)
      await world.open()
    },
    /** Every event is delivered, still comes, or lies in an hour that is said not to be proven. */
    check() {
      const coming = new Set([
        ...onTheWay,
        ...(hasSession ? [] : waiting.filter(event => event.sentFrom >= clock.now() - HOUR_MS)),
      ])
      const missing = events.filter(event => !delivered.has(event) && !coming.has(event))
      if (missing.length === 0) return
      const states = new Map(hours().map(({ hour, state }) => [hour, state]))
      for (const event of missing) {
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
      for (let reads = 0; ledger().nextDueAt('suspect') !== undefined; reads++) {
        if (reads > 5_000) throw new Error('the repair does not end')
        await world.readNext('suspect')
      }
      world.check()
      const last = hours()
      if (last.some(hour => hour.asked)) throw new Error('the backfill does not end')
      const states = new Map(last.map(({ hour, state }) => [hour, state]))
      const isNamed = ({ hour }: Event) => ['lost', 'unknown'].includes(states.get(hour) ?? 'unknown')
      return texts(events.filter(event => !delivered.has(event) && !isNamed(event)))
    },
    close,
  }
  await world.open()
  world.create(1, false)
  // Before its start nothing is said of a stream, whatever comes late.
  world.pass(latestMs)
  world.create(0, false)
  await world.leave()
  return world
}

export type LedgerWorld = Awaited<ReturnType<typeof ledgerWorld>>
