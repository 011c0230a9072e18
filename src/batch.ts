import type { Batch, Mapper, RawEvent, Written } from './pipeline.ts'

const BATCH_EVENTS = 512
/** Of source text. Encoded it may double, which stays well below the 20 MiB that a receiver takes by default. */
const BATCH_BYTES = 4_000_000
/** Of source text. */
const SAMPLE_BYTES = 64 * 1024

/** Slices of at most 512 events and 4 MB of source text, in order; a larger event is a slice of its own. */
export const split = (events: readonly RawEvent[]): readonly RawEvent[][] =>
  slicesOf(events, event => event.bytes.length)

/** The same of whatever stands for events. */
export function slicesOf<T>(items: readonly T[], bytesOf: (item: T) => number): readonly T[][] {
  const slices: T[][] = []
  let slice: T[] = []
  let bytes = 0
  for (const item of items) {
    const more = bytesOf(item)
    if (slice.length === BATCH_EVENTS || (slice.length > 0 && bytes + more > BATCH_BYTES)) {
      slices.push(slice)
      slice = []
      bytes = 0
    }
    slice.push(item)
    bytes += more
  }
  if (slice.length > 0) slices.push(slice)
  return slices
}

/** A batch that knows what became of its events once it was read. */
export interface ReadBatch extends Batch {
  /** Of its records, in order. */
  readonly uids: readonly string[]
  /** The events whose records have a cut body. */
  readonly cut: readonly RawEvent[]
}

/** A batch that takes notes while it is read; a second reading takes them afresh. `mostBodyBytes`: as in `Mapper.map`. */
export function batchOf(events: readonly RawEvent[], mapper: Mapper, mostBodyBytes?: number): ReadBatch {
  const uids: string[] = []
  const cut: RawEvent[] = []
  const begin = () => {
    uids.length = 0
    cut.length = 0
  }
  const note = (event: RawEvent, written: Written) => {
    uids.push(written.uid)
    if (written.cut) cut.push(event)
  }
  return {
    size: events.length,
    uids,
    cut,
    *[Symbol.iterator]() {
      begin()
      for (const event of events) {
        const record = mapper.map(event, mostBodyBytes)
        note(event, record)
        yield record
      }
    },
    sample() {
      const small = events.find(({ bytes }) => bytes.length <= SAMPLE_BYTES)
      // It outlives its page, whose bytes then may be written over, or would keep a whole answer in memory.
      return small && batchOf([{ ...small, bytes: Buffer.from(small.bytes) }], mapper)
    },
    ...(mapper.write && {
      writeTo(out) {
        begin()
        for (const event of events) note(event, mapper.write!(event, out, mostBodyBytes))
      },
    }),
  }
}

/** No records: what a collector answers to it tells its set-up from the records' faults. */
export const emptyBatch: Batch = { size: 0, *[Symbol.iterator]() {} }
