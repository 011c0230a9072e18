import { createHash } from 'node:crypto'
import {
  type DeadLetter,
  deliver,
  type Exporter,
  type LogRecord,
  type Mapper,
  type Page,
  type Receipt,
} from '../../src/pipeline.ts'
import { ulid } from '../../src/ulid.ts'

/** An event is written as `<ms>:<name>`; its uid holds that time. */
export const uidOf = (text: string): string =>
  ulid(Number(text.slice(0, text.indexOf(':'))), createHash('sha256').update(text).digest())

const mapper: Mapper = {
  map: event => ({ uid: uidOf(event.bytes.toString()) }) as LogRecord,
  uid: event => uidOf(event.bytes.toString()),
  text: event => event.bytes.toString(),
}

/** Accepts all but events with "bad" in their name. */
const exporter: Exporter = {
  export: async batch => {
    const uids = [...batch].map(record => record.uid)
    return uids.some(uid => bad.has(uid))
      ? { status: 'refused', reason: 'bad record' }
      : { status: 'accepted' }
  },
  close: async () => {},
}

const bad = new Set<string>()

export const live = (name: string) => ({ name, lane: 'live' as const })
export const repair = (name: string) => ({ name, lane: 'repair' as const })

export const never = new AbortController().signal

/** A genuine receipt for these events. */
export async function receiptOf(
  texts: readonly string[],
  {
    cursor = {},
    observedAt = 0,
    known,
    read,
  }: { cursor?: Page['cursor']; observedAt?: number; known?: Page['known']; read?: number } = {},
): Promise<Receipt> {
  for (const text of texts) if (text.includes('bad')) bad.add(uidOf(text))
  const events = texts.map(text => ({ kind: 'pod.message' as const, bytes: Buffer.from(text), observedAt }))
  const covers = events.length === 0 && observedAt > 0 ? observedAt : undefined
  const page = {
    events,
    cursor,
    ...(covers && { covers }),
    ...(known && { known }),
    ...(read !== undefined && { read }),
  }
  return await deliver(page, mapper, exporter, never)
}

/** A genuine receipt for events that were all delivered with a letter each, of 100 bytes where the text is long enough. */
export async function deliveredWith(
  cause: 'perhaps delivered' | 'oversize',
  texts: readonly string[],
): Promise<Receipt> {
  const isCut = cause === 'oversize'
  const reason = isCut
    ? 'its record was delivered with a body cut to the size limit'
    : `1 of ${texts.length} were rejected: bad record`
  const withCause: Mapper = {
    map: event => ({ ...mapper.map(event), ...(isCut && { cut: true }) }),
    uid: event => mapper.uid(event),
    text: event => mapper.text(event).slice(0, 100 - reason.length),
  }
  const answering: Exporter = {
    async export(batch) {
      const records = [...batch]
      return isCut || records.length === 0
        ? { status: 'accepted' }
        : { status: 'partial', rejected: 1, reason: 'bad record' }
    },
    close: async () => {},
  }
  const events = texts.map(text => ({
    kind: 'pod.message' as const,
    bytes: Buffer.from(text),
    observedAt: 0,
  }))
  return await deliver({ events, cursor: {} }, withCause, answering, never)
}

export const causes = (letters: Iterable<Pick<DeadLetter, 'cause'>>): string[] =>
  [...letters].map(letter => letter.cause)
