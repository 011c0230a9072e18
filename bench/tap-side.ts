/** The TAP SIEM API of the bench: each window has a thousand events, as long as events are offered. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { EVENTS_PER_ANSWER } from './inputs.ts'
import type { ServerProgress } from './server.ts'
import { monotonicMs } from './usage.ts'

export function tapSide(answerFor: (from: number, to: number) => Buffer) {
  let left = 0
  let sent = 0
  let lastAt = 0
  let waiting: (() => void)[] = []

  /** A request that comes before its events are offered is answered when they are. */
  const take = (request: IncomingMessage, response: ServerResponse) => {
    if (left === 0) {
      waiting.push(() => take(request, response))
      return
    }
    const { searchParams } = new URL(request.url ?? '/', 'http://tap')
    const [from = 0, to = 0] = (searchParams.get('interval') ?? '').split('/').map(text => Date.parse(text))
    left -= EVENTS_PER_ANSWER
    sent += EVENTS_PER_ANSWER
    lastAt = monotonicMs()
    response.setHeader('content-type', 'application/json;charset=UTF-8')
    response.end(answerFor(from, to))
  }

  return {
    request: take,
    /** A whole number of answers. */
    offer(records: number): void {
      left += records
      const asked = waiting
      waiting = []
      for (const again of asked) again()
    },
    progress: (): ServerProgress => ({ sent, lastAt }),
    reset(): void {
      left = 0
      sent = 0
      waiting = []
    },
  }
}
