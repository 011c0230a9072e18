/** Notices events that come again and again under one id with other contents, and so with a new uid each time. */
import type { Kind, Mapper, RawEvent } from '../pipeline.ts'

/** An event that does not keep still. */
export interface Unsteady {
  readonly kind: Kind
  /** Its `proofpoint.tap.event.id`. */
  readonly id: string
  /** The records that all such events became so far, beyond the ones that are taken for updates. */
  readonly repetitions: number
}

/** A threat is condemned, cleared, its campaign found: that many records of one event are updates. */
const UPDATES = 10
/** Memory is bounded: ids that were not seen for longest are forgotten first. */
const MOST_IDS = 10_000

/**
 * The mapper, watched: events are counted when they are first mapped, which a known uid never is. `tell` is called at the
 * first repetition, and again each time their number has grown tenfold.
 */
export function steadiness(mapper: Mapper, tell: (unsteady: Unsteady) => void): Mapper {
  const counts = new Map<string, number>()
  const mapped = new WeakSet<RawEvent>()
  let repetitions = 0
  let tellAt = 1

  function count(kind: Kind, id: string): void {
    const key = `${kind} ${id}`
    const times = (counts.get(key) ?? 0) + 1
    counts.delete(key)
    counts.set(key, times)
    const [oldest] = counts.keys()
    if (counts.size > MOST_IDS && oldest !== undefined) counts.delete(oldest)
    if (times <= UPDATES || ++repetitions < tellAt) return
    tellAt *= 10
    tell({ kind, id, repetitions })
  }

  return {
    // Without `write`: the id is read off the record, and TAP's events are few.
    uid: mapper.uid,
    text: mapper.text,
    map(event, mostBodyBytes) {
      const record = mapper.map(event, mostBodyBytes)
      const id = record.attributes['proofpoint.tap.event.id']
      if (typeof id === 'string' && !mapped.has(event)) {
        mapped.add(event)
        count(event.kind, id)
      }
      return record
    },
  }
}
