/** An independent account: what existed, computed from the function that makes the data, and what was done with it. */
import { identityOf, type PodType, podTypes, type Stream, type StreamName, type Streams } from './streams.ts'

/** A frame that a test put into a live stream. */
export interface Injected {
  readonly atMs: number
  readonly bytes: Buffer
}

export interface Tally {
  /** Events handed to the socket; those of a connection that broke may not have arrived. */
  readonly sent: Record<PodType, { live: number; archive: number }>
  /** Answers by HTTP status; a PoD session counts as 101. */
  readonly answers: { readonly pod: Record<string, number>; readonly tap: Record<string, number> }
}

export interface Ledger extends Tally {
  /** Events of a stream created from `fromMs` to before `toMs`. */
  count(stream: StreamName, fromMs: number, toMs: number): number
  /** Their identities (see `identityOf`), in the order of creation; injected ones last. */
  identities(stream: StreamName, fromMs: number, toMs: number): Generator<string>
}

export const count = (answers: Record<string, number>, status: number): void => {
  answers[status] = (answers[status] ?? 0) + 1
}

export function ledgerOf(streams: Streams, injected: Readonly<Record<PodType, readonly Injected[]>>): Ledger {
  const every: Record<StreamName, Stream<object>> = { ...streams.pod, ...streams.tap }
  const extra = (name: StreamName, fromMs: number, toMs: number) =>
    within(podTypes.includes(name as PodType) ? injected[name as PodType] : [], fromMs, toMs)
  return {
    sent: {
      message: { live: 0, archive: 0 },
      maillog: { live: 0, archive: 0 },
      audit: { live: 0, archive: 0 },
    },
    answers: { pod: {}, tap: {} },
    count: (name, fromMs, toMs) =>
      Math.max(0, every[name].first(toMs) - every[name].first(fromMs)) + extra(name, fromMs, toMs).length,
    identities: function* (name, fromMs, toMs) {
      const end = every[name].first(toMs)
      for (let index = every[name].first(fromMs); index < end; index++) yield every[name].identity(index)
      for (const { bytes } of extra(name, fromMs, toMs)) yield injectedIdentity(bytes)
    },
  }
}

/** The injected frames of a time range. */
export const within = (injected: readonly Injected[], fromMs: number, toMs: number): Injected[] =>
  injected.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)

/** An injected frame may be anything: what is no JSON object is its own identity. */
function injectedIdentity(bytes: Buffer): string {
  const text = bytes.toString()
  try {
    return identityOf(Object(JSON.parse(text))) || text
  } catch {
    return text
  }
}
