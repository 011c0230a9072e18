/** Cuts one answer into pages while it arrives. */
import type { Kind, Page, RawEvent } from '../../pipeline.ts'
import { elementScanner } from './elements.ts'

/** What is left when an answer has ended: the last, unfinished page, and how far the answer says that it reaches. */
export interface AnswerEnd {
  readonly events: readonly RawEvent[]
  readonly queryEndTime: string | undefined
}

/** Bytes of events on a page; an event that is bigger has a page of its own. */
const PAGE_BYTES = 4 * 2 ** 20

const kindOfArray = new Map<string, Kind>([
  ['messagesdelivered', 'tap.message.delivered'],
  ['messagesblocked', 'tap.message.blocked'],
  ['clickspermitted', 'tap.click.permitted'],
  ['clicksblocked', 'tap.click.blocked'],
])

/**
 * Yields the full pages of an answer that was received at `observedAt`, as `pageOf` makes them of events, and returns the
 * rest. Holds a page, an element and a chunk. Throws `tap-broken-answer` when the answer is not whole.
 */
export async function* answerPages(
  body: AsyncIterable<Buffer>,
  observedAt: number,
  pageOf: (events: readonly RawEvent[]) => Page,
): AsyncGenerator<Page, AnswerEnd> {
  const scanner = elementScanner()
  let events: RawEvent[] = []
  let size = 0
  for await (const chunk of body) {
    for (const { array, bytes } of scanner.push(chunk)) {
      if (events.length > 0 && size + bytes.length > PAGE_BYTES) {
        yield pageOf(events)
        events = []
        size = 0
      }
      events.push({ kind: kindOfArray.get(array.toLowerCase()) ?? 'tap.unknown', bytes, observedAt })
      size += bytes.length
    }
  }
  return { events, queryEndTime: scanner.end() }
}
