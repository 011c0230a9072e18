import { backoff } from './backoff.ts'
import { batchOf, emptyBatch } from './batch.ts'
import { real } from './clock.ts'
import type { DeadLetter, Exporter, Mapper, Outcome, RawEvent } from './pipeline.ts'

/** What became of some events: each is in one of the lists, or in both when it was perhaps delivered. */
export interface Fate {
  readonly delivered: readonly { readonly uid: string; readonly observedAt: number }[]
  readonly deadLetters: readonly DeadLetter[]
}

const LONGEST_PAUSE_MS = 60_000

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
  for (let attempt = 0; ; attempt++) {
    const batch = batchOf(events, mapper)
    const outcome = await exporter.export(batch, abort)
    switch (outcome.status) {
      case 'accepted':
        return { delivered: withUids(events, batch.uids), deadLetters: [] }
      case 'partial':
        return {
          delivered: withUids(events, batch.uids),
          deadLetters: events.map(event => deadLetter(event, mapper, 'perhaps delivered', outcome.reason)),
        }
      case 'refused':
      case 'too large':
        if (events.length > 1) return await settleHalves(events, mapper, exporter, abort)
        if (outcome.status === 'too large') return dropped(events, mapper, 'oversize', outcome.reason)
        if (await acceptsNothing(exporter, abort)) return dropped(events, mapper, 'refused', outcome.reason)
    }
    await pause(outcome, attempt, abort)
  }
}

async function settleHalves(
  events: readonly RawEvent[],
  mapper: Mapper,
  exporter: Exporter,
  abort: AbortSignal,
): Promise<Fate> {
  const middle = events.length >> 1
  const first = await settle(events.slice(0, middle), mapper, exporter, abort)
  const second = await settle(events.slice(middle), mapper, exporter, abort)
  return {
    delivered: [...first.delivered, ...second.delivered],
    deadLetters: [...first.deadLetters, ...second.deadLetters],
  }
}

/** A collector that refuses even an empty request has a wrong set-up: then the record is not to blame. */
async function acceptsNothing(exporter: Exporter, abort: AbortSignal): Promise<boolean> {
  const outcome = await exporter.export(emptyBatch, abort)
  return outcome.status === 'accepted'
}

async function pause(outcome: Outcome, attempt: number, abort: AbortSignal): Promise<void> {
  const asked = outcome.status === 'retry' ? (outcome.afterMs ?? 0) : 0
  await real.sleep(Math.max(asked, backoff(attempt, LONGEST_PAUSE_MS)), abort)
  abort.throwIfAborted()
}

function withUids(events: readonly RawEvent[], uids: readonly string[]): Fate['delivered'] {
  if (uids.length !== events.length)
    throw new Error('an exporter accepted a batch that it did not read to its end')
  return uids.map((uid, i) => ({ uid, observedAt: events[i]!.observedAt }))
}

const dropped = (
  events: readonly RawEvent[],
  mapper: Mapper,
  cause: DeadLetter['cause'],
  reason: string,
): Fate => ({
  delivered: [],
  deadLetters: events.map(event => deadLetter(event, mapper, cause, reason)),
})

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
