/** Reads an hour of TAP once more, when its late events should be there: the sweep, and what was asked for by hand. */
import { HOUR_MS } from '../../clock.ts'
import { KnownError } from '../../errors.ts'
import type { Page, RawEvent, Source } from '../../pipeline.ts'
import type { Purpose } from './budget.ts'
import { type Answered, isTooMuch, type Taken, type TapReader } from './reader.ts'
import { tapStream } from './source.ts'
import { halved, interval, LONGEST_MS, RETENTION_MS, SHORTEST_MS, served, type Window } from './window.ts'

/** What TAP keeps: an hour can be read again `settledMs` after its end, and a whole answer is all there is. */
export const tapArchive = (settledMs: number) =>
  ({ settlesIn: () => settledMs, keepsMs: RETENTION_MS, proof: 'one read' }) as const

export interface TapArchiveOptions {
  /** The service principal. */
  readonly principal: string
  readonly reader: TapReader
  /** Where the stream began, ms since 1970: of the hour that holds it, what lies before is not read unless asked for. */
  readonly start: number
  /** How long after its end an hour is settled, as `tapArchive` was told. */
  readonly settledMs: number
  /** Whether the event of a uid was delivered before. */
  readonly known: (uid: string) => boolean
}

/** One hour to be read: its begin, ms since 1970, the read's number in the ledger, and what it is read for. */
export interface HourRead {
  readonly hour: number
  readonly id: number
  readonly purpose: Exclude<Purpose, 'live'>
}

/** Nothing here is urgent, and what kept TAP from giving one hour would keep it from giving the next. */
const PAUSE_MS = HOUR_MS / 4
/** Within that the time of an answer is no sign of a clock that is wrong. */
const SKEW_MS = 5 * 60_000
/** Refusals that a smaller window cannot mend. */
const HOPELESS = /too far in(to)? the past|too short|still current/i

/**
 * One hour of the stream `tap@<principal>`, asked for as a whole, or in smaller windows where that is too much for TAP.
 * Ends when all of it was answered, or after `stop`; else throws a `KnownError` that says to wait a quarter of an hour.
 * Also when all was answered too early, by TAP's clock or by ours: then the hour proves nothing.
 */
export function tapHourSource(options: TapArchiveOptions, { hour, id, purpose }: HourRead): Source {
  const { reader, known, settledMs } = options
  const end = hour + HOUR_MS
  const settledAt = end + settledMs
  const begin = purpose === 'repair' ? Math.max(hour, options.start) : hour
  const page = (events: readonly RawEvent[]): Page => ({ events, cursor: {}, known, read: id })

  async function* pieces(stop: AbortSignal): AsyncGenerator<Page> {
    let longestMs = LONGEST_MS
    let askedAt = Number.POSITIVE_INFINITY
    let sentAt = Number.POSITIVE_INFINITY
    for (let position = begin; position < end; ) {
      const to = Math.min(end, position + longestMs)
      const window = { from: Math.min(position, to - SHORTEST_MS), to }
      try {
        const read = yield* piece(window, stop)
        if (!read) return
        position = read.to
        askedAt = Math.min(askedAt, read.askedAt)
        sentAt = Math.min(sentAt, read.sentAt)
      } catch (error) {
        if (stop.aborted || halved(longestMs) === longestMs || !isTooLong(error)) throw error
        longestMs = halved(longestMs)
      }
    }
    // The time of the server is not known before its first answer, nor from its end alone whether that was shortened.
    if (Math.min(askedAt, reader.earlierAt(sentAt)) < settledAt - SKEW_MS)
      throw new KnownError(
        'clock-skew',
        `${interval({ from: begin, to: end })} is read again when TAP's clock is past ${new Date(settledAt).toISOString()}`,
      )
  }

  /** Up to where the window was answered, and when by TAP's clock and by ours; undefined when `stop` came first. */
  async function* piece(
    window: Window,
    stop: AbortSignal,
  ): AsyncGenerator<Page, ({ to: number } & Pick<Answered, 'askedAt' | 'sentAt'>) | undefined> {
    const answered = await reader.ask(window, purpose, stop)
    if (!answered) return undefined
    const { answer } = answered
    if (answer.status === 400)
      throw new KnownError('tap-bad-request', `HTTP 400 for ${interval(window)}: ${answer.text}`)
    const taken: Answered<Taken> = { ...answered, answer }
    const rest = yield* reader.pages(taken, page)
    const { to } = served(window, rest.queryEndTime)
    yield page(rest.events)
    return { to, askedAt: answered.askedAt, sentAt: answered.sentAt }
  }

  return {
    name: tapStream(options.principal),
    lane: 'repair',
    async *read(_from, stop) {
      try {
        yield* pieces(stop)
      } catch (error) {
        if (!(error instanceof KnownError)) throw error
        if (stop.aborted) return
        throw new KnownError(error.code, error.message, { cause: error, afterMs: error.afterMs ?? PAUSE_MS })
      }
    },
  }
}

/** Also a refusal in words that nobody has seen yet may mean the length. */
const isTooLong = (error: unknown): boolean =>
  isTooMuch(error) ||
  (error instanceof KnownError && error.code === 'tap-bad-request' && !HOPELESS.test(error.message))
