/** Cuts one answer into pages while it arrives. */
import type { Kind, Page, RawEvent } from '../../pipeline.ts'
import { elementScanner } from './elements.ts'

/** What is left when an answer has ended: the last, unfinished page, and how far the answer says that it reaches. */
export interface AnswerEnd {
  readonly events: readonly RawEvent[]
  readonly queryEndTime: string | undefined
}

/** Bytes of events on a page, by default. */
const PAGE_BYTES = 4 * 2 ** 20
/** What an event takes beside its bytes. */
const EVENT_OVERHEAD = 256

const kinds = new Map<string, Kind>([
  ['messagesdelivered', 'tap.message.delivered'],
  ['messagesblocked', 'tap.message.blocked'],
  ['clickspermitted', 'tap.click.permitted'],
  ['clicksblocked', 'tap.click.blocked'],
])

/** The kind of the events in an array of that name; letter case does not count. */
export const kindOfArray = (name: string): Kind => kinds.get(name.toLowerCase()) ?? 'tap.unknown'

/**
 * Yields the full pages of an answer that was received at `observedAt`, as `pageOf` makes them of events, and returns the
 * rest. Holds a page of `pageBytes`, an element and a chunk; a bigger element has a page of its own. Throws
 * `tap-broken-answer` when the answer is not whole, or no answer: it has a `queryEndTime`, or an array that is documented,
 * be it empty.
 */
export async function* answerPages(
  body: AsyncIterable<Buffer>,
  observedAt: number,
  pageOf: (events: readonly RawEvent[]) => Page,
  pageBytes = PAGE_BYTES,
): AsyncGenerator<Page, AnswerEnd> {
  const scanner = elementScanner({ isDocumented: array => kindOfArray(array) !== 'tap.unknown' })
  let events: RawEvent[] = []
  let size = 0
  for await (const chunk of body) {
    for (const { array, bytes } of scanner.push(chunk)) {
      if (events.length > 0 && size + bytes.length + EVENT_OVERHEAD > pageBytes) {
        yield pageOf(events)
        events = []
        size = 0
      }
      events.push({ kind: kindOfArray(array), bytes, observedAt })
      size += bytes.length + EVENT_OVERHEAD
    }
  }
  return { events, queryEndTime: scanner.end() }
}
