/**
 * Read this first: the words of the program, and the one sentence it consists of.
 *
 *     source -> map -> batch -> deliver -> commit
 */
import type { AnyValue, HrTime } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { split } from './batch.ts'
import { MOST_PAGES } from './most-pages.ts'
import { settle } from './settle.ts'
import { hourOfRecord, ulidTime } from './ulid.ts'

/** The kinds of events; `proofpoint.<kind>` is the record's event name. `tap.unknown`: an array no document names. */
export const kinds = [
  'pod.message',
  'pod.maillog',
  'pod.audit',
  'tap.message.delivered',
  'tap.message.blocked',
  'tap.click.permitted',
  'tap.click.blocked',
  'tap.unknown',
] as const
export type Kind = (typeof kinds)[number]

/** One thing that Proofpoint told us, its text untouched. */
export interface RawEvent {
  readonly kind: Kind
  /** The event's own text as it was received: UTF-8, though not always valid. */
  readonly bytes: Buffer
  /** When it was received, ms since 1970. */
  readonly observedAt: number
  /** Its uid, where it was made before: the mapper takes it as it is. */
  readonly uid?: string
}

/** What a source needs to go on from a place. JSON; only the source that made it looks inside. */
export type Cursor = Readonly<Record<string, string | number | boolean>>

/** What was read in one go, and the cursor that is right once all of it is delivered. May hold no events. */
export interface Page {
  readonly events: readonly RawEvent[]
  readonly cursor: Cursor
  /**
   * Of the live lane: the page says that all that was created until then (ms since 1970) has been read. Without it, a page
   * speaks for the time up to its newest event.
   */
  readonly covers?: number
  /** Set where reads overlap: whether the event of this uid was delivered before and is skipped now. */
  readonly known?: (uid: string) => boolean
  /** In the repair lane: the read of an hour, in the ledger's numbering, that the page is a part of. */
  readonly read?: number
  /** Fulfilled once the next page is as large as it may be: then it can be asked for while this one is being delivered. */
  readonly nextIsFull?: Promise<void>
}

export interface Source {
  /** The stream: one kind of events of one account, such as `pod/message@cluster`. */
  readonly name: string
  /** `repair` reads again what `live` may have missed, beside it: it has no cursor, and never moves that of the stream. */
  readonly lane: 'live' | 'repair'
  /**
   * Yields pages that follow `from`; is asked for the next one only when all of them are committed, or when fewer than
   * `MOST_PAGES` are not and the last says that the next is full. The bytes of a page that is committed then may be written over.
   * Ends after `stop` aborts, having yielded all that was received. Never retries: throws a `KnownError`.
   */
  read(from: Cursor | undefined, stop: AbortSignal): AsyncIterable<Page>
}

/** The OpenTelemetry record of one event. */
export interface LogRecord extends ReadableLogRecord {
  /** `log.record.uid`: the same event gives the same uid, whenever and by whomever it is read. */
  readonly uid: string
  /** Set when the body is only a part of the event's text, because of its size. */
  readonly cut?: true
}

/** What stands on a record beside its body and attributes. */
export interface RecordHead {
  readonly eventName: string
  readonly hrTime: HrTime
  readonly hrTimeObserved: HrTime
  readonly severityNumber: number
  readonly severityText: string
  readonly droppedAttributesCount: number
  readonly resource: LogRecord['resource']
  readonly instrumentationScope: LogRecord['instrumentationScope']
}

/**
 * Takes records in pieces, so that none has to exist as an object: for each `begin`, then its body if it has one, then its
 * attributes, each name once, then `end`. Keeps none of the bytes that it is given; other values it may keep, so that they must
 * not be changed.
 */
export interface RecordWriter {
  begin(head: RecordHead): void
  body(value: AnyValue): void
  /** A text as its valid UTF-8, without the bytes in `cuts`: from, up to but without to, and again, in order. */
  bodyBytes(utf8: Buffer, cuts: ArrayLike<number>): void
  attribute(name: string, value: AttributeValue): void
  /** Attributes, each the field of OTLP's LogRecord, from their places in `bytes`; who has it not, gets each by itself. */
  keyValues?(bytes: Buffer, from: number, to: number): void
  end(): void
  /** Takes back the record that was begun and not ended, if there is one. */
  drop(): void
}
type AttributeValue = string | number | boolean | readonly string[] | readonly number[]

/** What a record that was written was. */
export type Written = Pick<LogRecord, 'uid' | 'cut'>

export interface Mapper {
  /**
   * Total: every event becomes exactly one record, whatever its shape. Never throws; same event, same record.
   * `mostBodyBytes`: a tighter limit of the body than the mapper's own, for a collector that does not take the whole.
   */
  map(event: RawEvent, mostBodyBytes?: number): LogRecord
  /** Writes the record that `map` would give. Who wraps `map` wraps this too, or leaves it out: a batch is read by either. */
  write?(event: RawEvent, out: RecordWriter, mostBodyBytes?: number): Written
  /** The uid that `map` would give. */
  uid(event: RawEvent): string
  /** The event's text as it may be kept outside the pipeline: without message content, if the settings say so. */
  text(event: RawEvent): string
}

/** What is sent in one request: mapped while it is read, so that no record outlives its encoding. */
export interface Batch extends Iterable<LogRecord> {
  readonly size: number
  /** One of its records alone, that may be kept and sent again: it is small, and keeps nothing else in memory. */
  sample?(): Batch | undefined
  /** The same records, for whom their pieces are enough; either way is a reading of the batch. */
  writeTo?(out: RecordWriter): void
}

/** What the collector's answer means. The reason is for people. */
export type Outcome =
  | { readonly status: 'accepted' }
  /** Some records were rejected; OTLP does not say which. */
  | { readonly status: 'partial'; readonly rejected: number; readonly reason: string }
  /** Later may help: busy, unreachable, or no answer (then the records may have arrived). */
  | { readonly status: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly status: 'too large'; readonly reason: string }
  /** The content was refused. */
  | { readonly status: 'refused'; readonly reason: string }
  /** The set-up is wrong, not the records: nothing may be dropped for it. */
  | { readonly status: 'hold'; readonly reason: string; readonly because?: 'tls' | 'proxy' }

export interface Exporter {
  /** Sends one batch once. Every answer is an outcome; throws only when `abort` is aborted. */
  export(batch: Batch, abort: AbortSignal): Promise<Outcome>
  /** Closes connections. */
  close(): Promise<void>
}

/** An event that is kept for the operator. */
export interface DeadLetter {
  readonly uid: string
  readonly kind: Kind
  readonly observedAt: number
  /** Undelivered (`refused`), delivered with a cut body (`oversize`: the letter has the whole), or nobody knows. */
  readonly cause: 'refused' | 'oversize' | 'perhaps delivered'
  readonly reason: string
  readonly text: string
}

/** uids by the hour they belong to (ms since 1970): of the event's time, of its receipt if it has none. */
export type UidsByHour = ReadonlyMap<number, readonly string[]>

declare const proof: unique symbol
/** Proof that every event of a page is accounted for. Only `deliver` makes one: no other file can name its mark. */
export interface Receipt {
  readonly cursor: Cursor
  readonly delivered: UidsByHour
  /** Those that were delivered before. */
  readonly skipped: UidsByHour
  readonly deadLetters: readonly DeadLetter[]
  /** The greatest event time of those delivered, ms since 1970; 0 if none has one. */
  readonly newest: number
  /** The greatest receipt minus event time of those delivered, ms; 0 if none has one. */
  readonly lateness: number
  /** As the page says. */
  readonly covers: number | undefined
  /** When the last of the page's events was received, ms since 1970; 0 if it holds none. */
  readonly received: number
  readonly read: number | undefined
  readonly [proof]: true
}

/** Where a receipt belongs: to a stream, and to one of its lanes. */
export type StreamLane = Pick<Source, 'name' | 'lane'>

export interface State {
  /** Where the live lane reads on; undefined for the repair lane. */
  cursor(source: StreamLane): Cursor | undefined
  /** Stores all of the receipt in one transaction. Resolves when that is done, however long the disk refuses. */
  commit(source: StreamLane, receipt: Receipt, abort: AbortSignal): Promise<void>
}

export interface Pipeline {
  readonly source: Source
  readonly mapper: Mapper
  readonly exporter: Exporter
  readonly state: State
}

/** The two ends of a run: `stop` reading and deliver what was read; `abort` whatever is still waiting. */
export interface Lifetime {
  readonly stop: AbortSignal
  readonly abort: AbortSignal
}

/** Moves a source's events to the collector until it ends or throws. The cursor moves after delivery, never before. */
export async function ship(
  { source, mapper, exporter, state }: Pipeline,
  { stop, abort }: Lifetime,
): Promise<void> {
  const from = state.cursor(source)
  const onTheirWay: Promise<void>[] = []
  let committed = Promise.resolve()
  // What follows a page that failed can be committed no more.
  const failed = new AbortController()
  const over = AbortSignal.any([abort, failed.signal])
  const commit = async (delivery: Promise<Receipt>, before: Promise<void>) => {
    await Promise.allSettled([before, delivery])
    await before
    await state.commit(source, await delivery, abort)
  }
  try {
    for await (const page of source.read(from, stop)) {
      committed = commit(deliver(page, mapper, exporter, over), committed)
      // Heard when it is the oldest, while the next page is waited for, or at the end.
      committed.catch(error => failed.abort(error))
      if (onTheirWay.push(committed) === MOST_PAGES) await onTheirWay.shift()
      await Promise.race([committed, page.nextIsFull ?? committed])
    }
  } finally {
    await committed
  }
}

/**
 * Returns when every event of the page is accepted, known, or a dead letter. An answer of the collector never makes it
 * throw: a thrown page of live frames would be gone, since the server counts them as sent. Throws only on `abort`.
 */
export async function deliver(
  page: Page,
  mapper: Mapper,
  exporter: Exporter,
  abort: AbortSignal,
): Promise<Receipt> {
  const { fresh, skipped } = sorted(page, mapper)
  const fates = await Promise.all(split(fresh).map(events => settle(events, mapper, exporter, abort)))
  const delivered = fates.flatMap(fate => fate.delivered)
  const timed = delivered.filter(({ uid }) => ulidTime(uid) > 0)
  const account: Omit<Receipt, typeof proof> = {
    cursor: page.cursor,
    delivered: byHour(delivered),
    skipped: byHour(skipped),
    deadLetters: fates.flatMap(fate => fate.deadLetters),
    newest: greatest(timed, ({ uid }) => ulidTime(uid)),
    lateness: greatest(timed, ({ uid, observedAt }) => observedAt - ulidTime(uid)),
    covers: page.covers,
    received: greatest(page.events, ({ observedAt }) => observedAt),
    read: page.read,
  }
  return account as Receipt
}

/** An event's uid, and when it was received. */
type Identity = Pick<DeadLetter, 'uid' | 'observedAt'>

/** Parts a page into what is to be delivered and, where the source says so, what was before or stands in it twice. */
function sorted({ events, known }: Page, mapper: Mapper) {
  const skipped: Identity[] = []
  if (!known) return { fresh: events, skipped }
  const seen = new Set<string>()
  const fresh: RawEvent[] = []
  for (const event of events) {
    const uid = mapper.uid(event)
    if (!known(uid) && seen.size < seen.add(uid).size) fresh.push({ ...event, uid })
    else skipped.push({ uid, observedAt: event.observedAt })
  }
  return { fresh, skipped }
}

function byHour(events: readonly Identity[]): UidsByHour {
  const hours = new Map<number, string[]>()
  for (const { uid, observedAt } of events) {
    const hour = hourOfRecord(uid, observedAt)
    const uids = hours.get(hour)
    if (uids) uids.push(uid)
    else hours.set(hour, [uid])
  }
  return hours
}

const greatest = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((most, item) => Math.max(most, value(item)), 0)
