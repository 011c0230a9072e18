import { elapsed } from '../clock.ts'
import { type ErrorCode, errorTable, explained, KnownError } from '../errors.ts'
import type { Batch, DeadLetter, Exporter, Outcome, Receipt, State, StreamLane } from '../pipeline.ts'
import type { Failure } from '../supervise.ts'
import { type Log, levelOf } from './log.ts'
import { tellingSlowness } from './slow-collector.ts'

/** What a stream has done since the worker started. */
interface StreamCounts {
  delivered: number
  alreadyDelivered: number
  deadLetters: number
}

/** What lasts is told again after `remindMs`, and asks for somebody after `lastingMs`, well before PoD's hour is over. */
const PATIENCE = { remindMs: 60_000, lastingMs: 15 * 60_000 }
const SUMMARY_MS = 60_000

/** Tells the log what happens on the streams and at the collector: each change once, long states once a minute. */
export interface Journal {
  failed(failure: Failure): void
  /** A stream that failed while it was stopped. */
  endedUncleanly(stream: string, error: unknown): void
  /** The same state; its commits are counted and told. */
  state(state: State): State
  /** The same exporter; each change between accepting a stream's records and not is told, and that it is slow. */
  exporter(stream: string, exporter: Exporter): Exporter
}

const records = (count: number): string => (count === 1 ? 'a record' : `${count} records`)

export function journal(log: Log, patience = PATIENCE): Journal {
  const counts = new Map<string, StreamCounts>()
  const open = new Set<string>()
  const quiet = new Set<string>()
  /** When the streams that are not open failed first. */
  const failingSince = new Map<string, number>()
  /** By stream and cause: when dead letters may be told again, and how many were not. */
  const letters = new Map<string, { readonly tellAt: number; readonly untold: number }>()
  let summaryAt = elapsed() + SUMMARY_MS

  const committed = ({ name: stream, lane }: StreamLane, receipt: Receipt) => {
    const count = counts.get(stream) ?? { delivered: 0, alreadyDelivered: 0, deadLetters: 0 }
    counts.set(stream, count)
    for (const uids of receipt.delivered.values()) count.delivered += uids.length
    for (const uids of receipt.skipped.values()) count.alreadyDelivered += uids.length
    count.deadLetters += receipt.deadLetters.length
    // The archive's commits say nothing of whether the live session is open.
    if (lane === 'live' && !open.has(stream)) {
      open.add(stream)
      failingSince.delete(stream)
      log.info({ stream }, `${stream} is open`)
    }
    const hasEvents = receipt.delivered.size + receipt.deadLetters.length > 0
    if (lane === 'live' && hasEvents && quiet.delete(stream))
      log.info({ stream }, `${stream}: events come again`)
    for (const letters of Map.groupBy(receipt.deadLetters, letter => letter.cause).values())
      tellDeadLetters(stream, letters)
    if (elapsed() >= summaryAt) {
      summaryAt = elapsed() + SUMMARY_MS
      for (const [name, count] of counts)
        log.info({ stream: name, ...count }, `${name}: ${count.delivered} records delivered since the start`)
    }
  }

  /** The first at once, then the others once a minute: a collector that refuses all would fill the log. */
  const tellDeadLetters = (stream: string, [first, ...others]: readonly DeadLetter[]) => {
    if (!first) return
    const { cause, uid, reason } = first
    const key = `${stream} ${cause}`
    const { tellAt, untold } = letters.get(key) ?? { tellAt: 0, untold: 0 }
    const count = untold + 1 + others.length
    if (elapsed() < tellAt) {
      letters.set(key, { tellAt, untold: count })
      return
    }
    letters.set(key, { tellAt: elapsed() + patience.remindMs, untold: 0 })
    log.error(
      { stream, code: 'dead-letter', cause, deadLetters: count, uid },
      `${stream}: ${records(count)} became ${count === 1 ? 'a dead letter' : 'dead letters'} (${cause}): ${reason}. ${errorTable['dead-letter'].operator}`,
    )
  }

  return {
    failed({ stream, error, waitingHelps, nextTryMs }) {
      open.delete(stream)
      const since = failingSince.get(stream) ?? elapsed()
      failingSince.set(stream, since)
      const forMs = elapsed() - since
      const isLasting = forMs >= patience.lastingMs
      const retryInSeconds = Math.ceil(nextTryMs / 1_000)
      const help = waitingHelps ? 'Waiting helps' : 'Waiting does not help'
      const lasting = isLasting ? `, but it has lasted for ${Math.round(forMs / 60_000)} min` : ''
      const then = `${help}${lasting}; next try in ${retryInSeconds} s.`
      const { code, words } = explained(error)
      if (error instanceof KnownError && code === 'delivery-blocked') {
        // The alarm was when the session was closed.
        log.info({ stream, retryInSeconds }, `${stream}: ${error.message}; ${then}`)
        return
      }
      if (code === 'pod-quiet') quiet.add(stream)
      log[isLasting ? 'error' : levelOf(code)](
        { stream, code, waitingHelps, retryInSeconds, ...(code === 'internal' && { err: error }) },
        `${stream}: ${words} ${then}`,
      )
    },
    endedUncleanly(stream, error) {
      const { code, words } =
        error instanceof KnownError
          ? explained(error)
          : { code: 'undelivered' as const, words: `${error instanceof Error ? error.message : error}.` }
      log.error(
        { stream, code },
        `${stream}: stopped while something that was read was undelivered: ${words}`,
      )
    },
    state: state => ({
      cursor: source => state.cursor(source),
      async commit(source, receipt, abort) {
        await state.commit(source, receipt, abort)
        committed(source, receipt)
      },
    }),
    exporter: (stream, exporter) => tellingSlowness(stream, told(stream, exporter, log, patience), log),
  }
}

type Trouble = Extract<Outcome, { status: 'retry' | 'hold' }>

const takesRecords = ({ status }: Outcome): boolean => status === 'accepted' || status === 'partial'

/** What keeps the collector from taking records; undefined when nothing does. */
function troubleOf(outcome: Outcome, batch: Batch): Trouble | undefined {
  if (outcome.status === 'retry' || outcome.status === 'hold') return outcome
  if (batch.size > 0 || outcome.status !== 'refused') return undefined
  return { status: 'hold', reason: `it refuses even an empty request: ${outcome.reason}` }
}

function codeOf(trouble: Trouble): ErrorCode {
  if (trouble.status === 'retry') return 'collector-unavailable'
  if (trouble.because === 'tls') return 'collector-tls-failure'
  return trouble.because === 'proxy' ? 'collector-proxy-failure' : 'collector-misconfigured'
}

/** Tells each change of one stream between delivering and not, and reminds of trouble that lasts. */
function told(stream: string, exporter: Exporter, log: Log, patience: typeof PATIENCE): Exporter {
  let troubleSince: number | undefined
  let remindAt = 0
  let tellSearchAt = 0
  const tell = (outcome: Outcome, batch: Batch) => {
    const now = elapsed()
    if (
      (outcome.status === 'refused' || outcome.status === 'too large') &&
      batch.size > 1 &&
      now >= tellSearchAt
    ) {
      tellSearchAt = now + patience.remindMs
      log.info(
        { stream, records: batch.size },
        `${stream}: the collector refused ${batch.size} records at once: ${outcome.reason}. Those to blame are sought by halving, and the others delivered.`,
      )
    }
    const trouble = troubleOf(outcome, batch)
    if (trouble) {
      if (troubleSince !== undefined && now < remindAt) return
      troubleSince ??= now
      remindAt = now + patience.remindMs
      const seconds = Math.round((now - troubleSince) / 1_000)
      const code = codeOf(trouble)
      const { waitingHelps, operator } = errorTable[code]
      const isLasting = now - troubleSince >= patience.lastingMs
      log[isLasting ? 'error' : levelOf(code)](
        { stream, code, waitingHelps, seconds },
        `${stream}: the collector takes no records${seconds > 0 ? ` for ${seconds} s` : ''}: ${trouble.reason}. Nothing is given up: the source waits. ${operator}`,
      )
    } else if (troubleSince !== undefined && takesRecords(outcome) && batch.size > 0) {
      log.info(
        { stream },
        `${stream}: the collector takes records again, after ${Math.round((now - troubleSince) / 1_000)} s`,
      )
      troubleSince = undefined
    }
  }
  return {
    async export(batch, abort) {
      const outcome = await exporter.export(batch, abort)
      tell(outcome, batch)
      return outcome
    },
    close: () => exporter.close(),
  }
}
