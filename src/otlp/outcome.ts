import type { Outcome } from '../pipeline.ts'
import { type Answer, readMessage, readResponse } from './answer.ts'
import { type Redact, reasonText } from './reason.ts'

const LONGEST_RETRY_AFTER_MS = 15 * 60_000
const RETRIED: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])
/** A collector says 400 where 413 would be right; the words are those of Go's `http.MaxBytesReader`. */
const TOO_LARGE = /request body too large/i

/**
 * What an HTTP answer to an export means. `now` (ms since 1970) is what a date in Retry-After is counted from; `redact`
 * takes out what the server may have repeated of our request. Never throws.
 */
export function outcomeOf(answer: Answer, now: number, redact?: Redact): Outcome {
  const { status } = answer
  const words = () => {
    const said = readMessage(answer)
    return reasonText(said ? `HTTP ${status}: ${said}` : `HTTP ${status}`, redact)
  }
  if (status >= 200 && status < 300) return outcomeOfSuccess(answer, redact)
  if (RETRIED.has(status)) {
    const afterMs = retryAfter(answer.headers['retry-after'], now)
    return { status: 'retry', reason: words(), ...(afterMs !== undefined && { afterMs }) }
  }
  if (status === 413) return { status: 'too large', reason: words() }
  if (status === 400)
    return { status: TOO_LARGE.test(readMessage(answer)) ? 'too large' : 'refused', reason: words() }
  return { status: 'hold', reason: words() }
}

function outcomeOfSuccess(answer: Answer, redact: Redact | undefined): Outcome {
  const response = readResponse(answer)
  if (!response) {
    const what = answer.truncated ? 'an endless answer' : readMessage(answer)
    return {
      status: 'hold',
      reason: reasonText(`HTTP ${answer.status}, but not the answer of an OTLP receiver: ${what}`, redact),
    }
  }
  if (response.rejected === 0) return { status: 'accepted' }
  const reason = response.message || 'the collector gave no reason'
  return { status: 'partial', rejected: response.rejected, reason: reasonText(reason, redact) }
}

/** RFC 9110, 10.2.3: seconds or a date. Undefined when it says nothing that could be waited for. */
function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = String(header ?? '').trim()
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return wait > 0 ? Math.min(wait, LONGEST_RETRY_AFTER_MS) : undefined
}
