import type { Batch, Mapper, RawEvent } from './pipeline.ts'

const BATCH_EVENTS = 512
/** Of source text. Encoded it may double, which stays well below the 20 MiB that a receiver takes by default. */
const BATCH_BYTES = 4_000_000

/** Slices of at most 512 events and 4 MB of source text, in order; a larger event is a slice of its own. */
export function split(events: readonly RawEvent[]): readonly RawEvent[][] {
  const slices: RawEvent[][] = []
  let slice: RawEvent[] = []
  let bytes = 0
  for (const event of events) {
    if (slice.length === BATCH_EVENTS || (slice.length > 0 && bytes + event.bytes.length > BATCH_BYTES)) {
      slices.push(slice)
      slice = []
      bytes = 0
    }
    slice.push(event)
    bytes += event.bytes.length
  }
  if (slice.length > 0) slices.push(slice)
  return slices
}

/** A batch that notes the uids of its records while it is read; a second reading notes them afresh. */
export function batchOf(
  events: readonly RawEvent[],
  mapper: Mapper,
): Batch & { readonly uids: readonly string[] } {
  const uids: string[] = []
  return {
    size: events.length,
    uids,
    *[Symbol.iterator]() {
      uids.length = 0
      for (const event of events) {
        const record = mapper.map(event)
        uids.push(record.uid)
        yield record
      }
    },
  }
}

/** No records: what a collector answers to it tells its set-up from the records' faults. */
export const emptyBatch: Batch = { size: 0, *[Symbol.iterator]() {} }
