import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '../../src/clock.ts'
import { KnownError } from '../../src/errors.ts'
import type { Cursor, Page, Source } from '../../src/pipeline.ts'
import type { Purpose } from '../../src/proofpoint/tap/budget.ts'
import { type TapReaderOptions, tapReader } from '../../src/proofpoint/tap/reader.ts'
import { type TapOptions, tapSource } from '../../src/proofpoint/tap/source.ts'
import { steppedClock } from './tap-clock.ts'

export const NOW = Date.parse('2026-11-22T10:00:00Z')
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const SECRET = 's3cret/of+TAP'

/** Counts requests as the state does, in memory. */
export function budgetOf(clock: Pick<Clock, 'now'>) {
  const spent: { readonly at: number; readonly purpose: Purpose }[] = []
  const since = (ms: number, purpose: Purpose) =>
    spent.filter(one => one.purpose === purpose && one.at >= ms).length
  return {
    spent,
    spend: (purpose: Purpose) => void spent.push({ at: clock.now(), purpose }),
    spentSince: (ms: number) => ({
      live: since(ms, 'live'),
      repair: since(ms, 'repair'),
      backfill: since(ms, 'backfill'),
    }),
  }
}

/** Options that lack nothing but the server; time is stepped and begins at `NOW`. */
export function tapOptions(url: string, { dispatcher = new Agent() }: { dispatcher?: Dispatcher } = {}) {
  const clock = steppedClock(NOW)
  const holes: (readonly [number, number])[] = []
  const skews: number[] = []
  return {
    url,
    principal: 'principal',
    secret: async () => SECRET,
    intervalMs: MINUTE,
    lookBackMs: 45 * MINUTE,
    dailyRequests: 1800,
    backfillShare: 0.1,
    start: NOW - HOUR,
    dispatcher,
    clock,
    budget: budgetOf(clock),
    known: (_uid: string): boolean => false,
    onSettled: () => {},
    onHole: (from: number, to: number) => void holes.push([from, to]),
    holes,
    onSkew: (aheadMs: number) => void skews.push(aheadMs),
    skews,
  } satisfies FlatOptions & { holes: unknown; skews: unknown }
}

/** The options of a source and its reader in one. */
export type FlatOptions = Omit<TapOptions, 'reader'> & TapReaderOptions

/** The source that polls, with a reader of its own. */
export const liveSource = (options: FlatOptions): Source =>
  tapSource({ ...options, reader: tapReader(options) })

/** The first `count` pages from `from` on. */
export async function pagesOf(options: FlatOptions, count: number, from?: Cursor): Promise<Page[]> {
  const stop = new AbortController()
  const pages: Page[] = []
  for await (const page of liveSource(options).read(from, stop.signal)) {
    pages.push(page)
    if (pages.length === count) stop.abort()
  }
  return pages
}

/** The error that reading ends with, and the pages before it. */
export async function failureOf(options: FlatOptions, from?: Cursor) {
  const pages: Page[] = []
  try {
    for await (const page of liveSource(options).read(from, new AbortController().signal)) pages.push(page)
  } catch (error) {
    if (error instanceof KnownError) return { code: error.code, message: error.message, pages }
    throw error
  }
  throw new Error('reading ended without an error')
}

/** A dispatcher that waits this long for headers and between pieces of a body, whatever the source asks for. */
export const impatient = (ms: number): Dispatcher =>
  new Agent().compose(
    dispatch => (options, handler) => dispatch({ ...options, headersTimeout: ms, bodyTimeout: ms }, handler),
  )
