import { backoff } from './backoff.ts'
import { batchOf, emptyBatch } from './batch.ts'
import { real } from './clock.ts'
import type { DeadLetter, Exporter, Mapper, RawEvent } from './pipeline.ts'

/** What became of some events: each is in one of the lists, or in both when a dead letter has more than was delivered. */
export interface Fate {
  readonly delivered: readonly { readonly uid: string; readonly observedAt: number }[]
  readonly deadLetters: readonly DeadLetter[]
}

/** What one pass decided, and which events it left for a later one, because the collector could not or would not take them. */
export interface Pass extends Fate {
  readonly undecided: readonly RawEvent[]
  /** As long as the collector asks to be left alone, ms. */
  readonly afterMs: number
}

const LONGEST_PAUSE_MS = 60_000
/** After so many attempts that decided nothing, less is sent at once. */
const FULL_ATTEMPTS = 2
/** No sensible limit of a collector is below it: smaller records are never cut for one that is. */
const SENSIBLE_BYTES = 64 * 1024
/** What is sent of the body of a large record that is not taken as it is, one after the other. */
const SMALLER_BODIES = [SENSIBLE_BYTES, 0] as const

/**
 * Sends events until the collector has decided on each of them, however long that takes. One that it refuses for good is
 * found by halving, in at most 2 log2(n) + 2 requests. Throws only when `abort` is aborted.
 */
export async function settle(
  events: readonly RawEvent[],
  mapper: Mapper,
  exporter: Exporter,
  abort: AbortSignal,
): Promise<Fate> {
  const passes: Pass[] = []
  let atOnce = events.length
  for (let attempt = 0, left = events; ; attempt++) {
    const sent = left.slice(0, atOnce)
    let pass = await tryOnce(sent, mapper, exporter, abort)
    if (pass.undecided.length > 0 && attempt > FULL_ATTEMPTS && sent.length === 1 && sent.every(isLarge)) {
      // A queue that never has room for the whole may have it for a part.
      pass = await tryOnce(sent, mapper, exporter, abort, SENSIBLE_BYTES)
    }
    passes.push(pass)
    left = [...pass.undecided, ...left.slice(atOnce)]
    if (left.length === 0) return joined(passes)
    if (pass.delivered.length + pass.deadLetters.length > 0) {
      attempt = -1
      atOnce *= 2
      if (pass.undecided.length === 0) continue
    } else if (attempt >= FULL_ATTEMPTS) {
      // A slow line or a short queue may take a part of what it cannot take whole.
      atOnce = Math.max(1, atOnce >> 1)
    }
    await real.sleep(Math.max(pass.afterMs, backoff(Math.max(0, attempt), LONGEST_PAUSE_MS)), abort)
    abort.throwIfAborted()
  }
}

const isLarge = ({ bytes }: RawEvent): boolean => bytes.length > SENSIBLE_BYTES

/**
 * Sends the events once, halving them where they are refused; one that is too large is sent with less of its body. Never
 * waits for better times, so that what is good is not kept behind what is bad.
 */
export async function tryOnce(
  events: readonly RawEvent[],
  mapper: Mapper,
  exporter: Exporter,
  abort: AbortSignal,
  mostBodyBytes?: number,
): Promise<Pass> {
  const batch = batchOf(events, mapper, mostBodyBytes)
  const outcome = await exporter.export(batch, abort)
  switch (outcome.status) {
    case 'accepted': {
      const limit =
        mostBodyBytes === undefined
          ? 'the size limit'
          : `${mostBodyBytes} bytes, since the collector takes no more`
      const reason = `its record was delivered with a body cut to ${limit}`
      return {
        ...nothing,
        delivered: withUids(events, batch.uids),
        deadLetters: batch.cut.map(event => deadLetter(event, mapper, 'oversize', reason)),
      }
    }
    case 'partial': {
      const reason = `${outcome.rejected} of ${events.length} were rejected: ${outcome.reason}`
      return {
        ...nothing,
        delivered: withUids(events, batch.uids),
        deadLetters: events.map(event => deadLetter(event, mapper, 'perhaps delivered', reason)),
      }
    }
    case 'refused':
    case 'too large': {
      const [event] = events
      if (!event) return nothing
      if (events.length > 1) {
        const middle = events.length >> 1
        const first = await tryOnce(events.slice(0, middle), mapper, exporter, abort)
        const second = await tryOnce(events.slice(middle), mapper, exporter, abort)
        return joined([first, second])
      }
      const smaller = SMALLER_BODIES.find(bytes => bytes < (mostBodyBytes ?? event.bytes.length))
      if (outcome.status === 'too large' && isLarge(event) && smaller !== undefined)
        return await tryOnce(events, mapper, exporter, abort, smaller)
      if (!(await acceptsEmptyRequest(exporter, abort))) return { ...nothing, undecided: events }
      return { ...nothing, deadLetters: [deadLetter(event, mapper, 'refused', outcome.reason)] }
    }
    case 'retry':
      return { ...nothing, undecided: events, afterMs: outcome.afterMs ?? 0 }
    case 'hold':
      return { ...nothing, undecided: events }
  }
}

const nothing: Pass = { delivered: [], deadLetters: [], undecided: [], afterMs: 0 }

const joined = (passes: readonly Pass[]): Pass => ({
  delivered: passes.flatMap(pass => pass.delivered),
  deadLetters: passes.flatMap(pass => pass.deadLetters),
  undecided: passes.flatMap(pass => pass.undecided),
  afterMs: passes.reduce((most, { afterMs }) => Math.max(most, afterMs), 0),
})

/** A collector that refuses even an empty request has a wrong set-up: then the record is not to blame. */
async function acceptsEmptyRequest(exporter: Exporter, abort: AbortSignal): Promise<boolean> {
  const outcome = await exporter.export(emptyBatch, abort)
  return outcome.status === 'accepted'
}

function withUids(events: readonly RawEvent[], uids: readonly string[]): Fate['delivered'] {
  if (uids.length !== events.length)
    throw new Error('an exporter accepted a batch that it did not read to its end')
  return uids.map((uid, i) => ({ uid, observedAt: events[i]!.observedAt }))
}

const deadLetter = (
  event: RawEvent,
  mapper: Mapper,
  cause: DeadLetter['cause'],
  reason: string,
): DeadLetter => ({
  uid: mapper.uid(event),
  kind: event.kind,
  observedAt: event.observedAt,
  cause,
  reason,
  text: mapper.text(event),
})
