/** The TAP stream: polls `/v2/siem/all` window by window, and again and again the time in which events still appear. */
import type { Clock } from '../../clock.ts'
import { KnownError } from '../../errors.ts'
import type { Cursor, Page, RawEvent, Source } from '../../pipeline.ts'
import { type Answered, isTooMuch, type Taken, type TapReader } from './reader.ts'
import {
  halved,
  interval,
  LONGEST_MS,
  nextWindow,
  repair,
  SHORTEST_MS,
  served,
  settledAfter,
  timeOfEnd,
  type Window,
  wholeSecond,
} from './window.ts'

export interface TapOptions {
  /** The service principal. */
  readonly principal: string
  readonly reader: TapReader
  /** Between two passes over the time that is not settled. */
  readonly intervalMs: number
  /** How long after their creation time events may still appear. */
  readonly lookBackMs: number
  /** Where a stream without a cursor begins, ms since 1970. */
  readonly start: number
  /** Virtual. */
  readonly clock: Clock
  readonly known: (uid: string) => boolean
  /** Told, after each commit, before which time (ms since 1970) nothing will be read again. */
  readonly onSettled: (settled: number) => void
  /** TAP no longer has what was created in this time (ms since 1970): it is lost. May be told twice of the same hole. */
  readonly onHole: (from: number, to: number) => void
}

/** Windows that were too much for TAP grow again pass by pass. */
const GROWTH_MS = 5 * 60_000
/** No server wants windows to end farther behind its present than that: what says so is an answer with a wrong time. */
const LONGEST_LAG_MS = 5 * 60_000
/** For so long a lag is believed; then TAP is asked up to its present again. An hour of polls at the default interval. */
const LAGGING_PASSES = 60
const REPAIRS = 3

/** The name of an account's stream. */
export const tapStream = (principal: string): string => `tap@${principal}`

/**
 * The source `tap@<principal>`. Its cursor is the settled point: before it nothing can appear any more. A pass reads from
 * there to the present; events that were delivered before are left out by `known`. What is learned of the server (the
 * windows it manages, and by the reader its clock and its quota) outlives a read. Throws `tap-*` and network errors; after
 * a throw nothing is lost.
 */
export function tapSource(options: TapOptions): Source {
  const { clock, reader } = options
  const { serverNow } = reader
  /** How far behind its present the server wants windows to end. */
  let lagMs = SHORTEST_MS
  let laggingPasses = 0
  let longestMs = LONGEST_MS

  async function* read(from: Cursor | undefined, stop: AbortSignal): AsyncGenerator<Page> {
    try {
      yield* passes(settledPoint(from) ?? wholeSecond(options.start), stop)
    } catch (error) {
      // An answer that stop cut off is read again by the next run: the cursor has not moved.
      if (error instanceof KnownError && stop.aborted) return
      if (isTooMuch(error)) longestMs = halved(longestMs)
      throw error
    }
  }

  async function* passes(begin: number, stop: AbortSignal): AsyncGenerator<Page> {
    for (let settled = begin; !stop.aborted; await clock.sleep(options.intervalMs, stop)) {
      settled = yield* pass(settled, stop)
      longestMs = Math.min(LONGEST_MS, longestMs + GROWTH_MS)
      if (--laggingPasses <= 0) lagMs = SHORTEST_MS
    }
  }

  /** Reads from the settled point to the present. Returns the new settled point. */
  async function* pass(begin: number, stop: AbortSignal): AsyncGenerator<Page, number> {
    let settled = begin
    let position = begin
    /** Of what is not settled, the first that was read: nothing of it was read before that. */
    let first: Answered<Taken> | undefined
    let endedEarly = false
    for (;;) {
      const asked = nextWindow(position, serverNow(), believedLag(), longestMs)
      const reading = asked && (await readWindow(asked, stop))
      if (!reading) return settled
      // The cursor may move only with the last page.
      const rest = yield* reader.pages(reading, events => page(events, settled))
      const end = timeOfEnd(rest.queryEndTime)
      if (end !== undefined && end <= reading.window.from && (endedEarly || isAhead(settled, reading))) {
        if (!endedEarly) settled = wholeSecond(reader.earlier.now() - options.lookBackMs)
        yield page(rest.events, settled)
        options.onSettled(settled)
        return settled
      }
      const window = served(reading.window, rest.queryEndTime)
      if (window.from > position) {
        options.onHole(position, window.from)
        settled = window.from
      }
      if (!first || window.from <= settled) first = reading
      const read = { from: first.window.from, to: window.to }
      settled = settledAfter(settled, read, readAt(first, reading, window.to), options.lookBackMs)
      // A settled point in the server's future was made by a wrong clock: before it events can still appear.
      if (settled > serverNow()) settled = wholeSecond(serverNow() - options.lookBackMs)
      yield page(rest.events, settled)
      options.onSettled(settled)
      const isEarly = window.to < reading.window.to
      const isPresent = endedEarly && isEarly && window.to - window.from < SHORTEST_MS
      if (window.to <= position || isPresent) return settled
      endedEarly = isEarly
      position = window.to
    }
  }

  /**
   * When all from `first` to `last` had been asked for, by the earliest clock: a time that is ahead must not make what is
   * young look settled. Where TAP tells no time, it is only known to be past `end`, to which it has served them.
   */
  function readAt(first: Answered, last: Answered, end: number): number {
    const known = Math.min(first.askedAt, reader.earlierAt(first.sentAt))
    if (last.answer.serverTime !== undefined) return known
    return Math.min(known, end - Math.max(0, last.answeredAt - first.sentAt))
  }

  /** Whether a settled point lies in TAP's future by the end of an answer, where nothing else tells its time. */
  const isAhead = (settled: number, { answer }: Answered): boolean =>
    answer.serverTime === undefined && settled > reader.earlier.now()

  /** Asks for the window, or for what TAP takes in its place. Undefined when `stop` came first. */
  async function readWindow(asked: Window, stop: AbortSignal): Promise<Answered<Taken> | undefined> {
    let window = asked
    for (let attempt = 0; ; attempt++) {
      const answered = await reader.ask(window, 'live', stop)
      if (!answered) return undefined
      const { answer, askedAt } = answered
      if (answer.status !== 400) {
        if (window.to < asked.to) {
          lagMs = Math.max(lagMs, askedAt - window.to)
          laggingPasses = LAGGING_PASSES
        }
        return { ...answered, answer }
      }
      const repaired =
        attempt < REPAIRS
          ? repair(window, answer.text, serverNow(), attempt, earliest(), reader.earlier.now())
          : undefined
      if (!repaired)
        throw new KnownError('tap-bad-request', `HTTP 400 for ${interval(window)}: ${answer.text}`)
      window = repaired
    }
  }

  /** Where answers end is left out: a TAP that refuses what is current is not one that ends answers at its present. */
  const earliest = (): number => Math.min(clock.now(), serverNow())

  /** Of a server that is ahead of us, whoever is wrong, the lag may be longer by that. */
  const believedLag = (): number => Math.min(lagMs, LONGEST_LAG_MS + serverNow() - earliest())

  const page = (events: readonly RawEvent[], settled: number): Page => ({
    events,
    cursor: { settled },
    known: options.known,
  })

  return { name: tapStream(options.principal), lane: 'live', read }
}

function settledPoint(cursor: Cursor | undefined): number | undefined {
  const settled = cursor?.['settled']
  return typeof settled === 'number' ? settled : undefined
}
