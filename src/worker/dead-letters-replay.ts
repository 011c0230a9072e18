import { slicesOf } from '../batch.ts'
import type { Exporter, Mapper, RawEvent } from '../pipeline.ts'
import { tryOnce } from '../settle.ts'
import type { DeadLetterEntry, StoredDeadLetter } from '../state/dead-letters.ts'
import type { KeptDeadLetters } from '../state/dead-letters-kept.ts'
import type { OrderResult } from '../state/dead-letters-orders.ts'
import { accountMapper } from './account-mapper.ts'
import { productOf } from './archives.ts'
import type { ReplaySettings } from './settings.ts'

export interface ReplayParts {
  readonly deadLetters: KeptDeadLetters
  readonly exporter: Exporter
  readonly settings: Pick<ReplaySettings, 'own' | 'otel'>
}

/**
 * Sends dead letters once more the way every event goes, with their uids and times of observation. What the collector
 * acknowledges is removed, what it refuses is kept with the new reason. Ends early, with the rest undecided, when the
 * collector decides on nothing that it is sent, or when `stop` aborts; rejects only when `abort` is aborted or the state
 * cannot be written: what was acknowledged just then is kept, and may be sent again.
 */
export async function replay(
  entries: readonly DeadLetterEntry[],
  { deadLetters, exporter, settings }: ReplayParts,
  { stop, abort }: { readonly stop: AbortSignal; readonly abort: AbortSignal },
): Promise<OrderResult> {
  const watched = watching(exporter)
  let done = 0
  let kept = 0
  let left = entries.length
  for (const batch of batches(entries)) {
    if (stop.aborted) return { done, kept, undecided: left, reason: 'stopped before' }
    const letters = batch.flatMap(({ id }) => deadLetters.get(id) ?? [])
    left -= batch.length - letters.length
    const [first] = letters
    if (!first) continue
    const judgement = await sendOnce(letters, accountMapperOf(first, settings), watched.exporter, abort)
    deadLetters.judge(judgement)
    const decided = judgement.delivered.length + judgement.kept.length
    done += judgement.delivered.length
    kept += judgement.kept.length
    left -= decided
    if (decided === 0) break
  }
  return { done, kept, undecided: left, ...(left > 0 && { reason: watched.trouble() }) }
}

/** Letters of one stream each, since an account has its own mapper and resource; as much as a request holds. */
const batches = (entries: readonly DeadLetterEntry[]): readonly (readonly DeadLetterEntry[])[] =>
  [...Map.groupBy(entries, entry => entry.stream).values()].flatMap(ofStream =>
    slicesOf(ofStream, entry => entry.bytes),
  )

async function sendOnce(
  letters: readonly StoredDeadLetter[],
  mapper: Mapper,
  exporter: Exporter,
  abort: AbortSignal,
) {
  const events = new Map(letters.map(letter => [eventOf(letter), letter]))
  const pass = await tryOnce([...events.keys()], mapper, exporter, abort)
  const undecided = new Set(pass.undecided.map(event => events.get(event)))
  const found = new Map(pass.deadLetters.map(letter => [letter.uid, letter]))
  const decided = letters.filter(letter => !undecided.has(letter))
  return {
    delivered: decided.filter(letter => !found.has(letter.uid)),
    kept: decided.flatMap(letter => {
      const now = found.get(letter.uid)
      return now ? [{ letter, found: now }] : []
    }),
  }
}

/**
 * Under the uid that was made from the event as it was received. The text that was kept may give another one: bytes that were
 * no UTF-8, or content taken out of a text that is not JSON, are gone from it.
 */
const eventOf = ({ kind, text, observedAt, uid }: StoredDeadLetter): RawEvent => ({
  kind,
  bytes: Buffer.from(text),
  observedAt,
  uid,
})

/** A stream's name says which account it is of. */
const accountMapperOf = ({ stream }: DeadLetterEntry, settings: ReplayParts['settings']): Mapper =>
  accountMapper(productOf(stream), stream.slice(stream.indexOf('@') + 1), settings)

/** The same exporter, and what last kept it from a decision. */
function watching(exporter: Exporter) {
  let trouble = 'the collector did not decide'
  const watched: Exporter = {
    async export(batch, abort) {
      const outcome = await exporter.export(batch, abort)
      if (outcome.status === 'retry' || outcome.status === 'hold') trouble = outcome.reason
      else if (batch.size === 0 && outcome.status !== 'accepted' && 'reason' in outcome)
        trouble = `it refuses even an empty request: ${outcome.reason}`
      return outcome
    },
    close: () => exporter.close(),
  }
  return { exporter: watched, trouble: () => trouble }
}
