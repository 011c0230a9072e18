import type { Clock } from '../../src/clock.ts'
import { answerText, type TapServer, tapServer } from './tap-server.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

export interface LateEvent {
  readonly id: string
  readonly created: number
  /** From when on answers hold it. */
  readonly indexed: number
}

/**
 * A TAP that keeps the rules for windows and holds these events, each only from its index time on; in every answer in
 * another order, and some twice. `skewMs`: its clock minus `clock`; `dateAheadMs`: how far its `Date`
 * is ahead of that. Every request takes a second.
 */
export function lateIndexTap(
  events: readonly LateEvent[],
  clock: Clock & { step(ms: number): void },
  skewMs = 0,
  { dateAheadMs = 0 } = {},
): Promise<TapServer> {
  return tapServer(({ from, to, before }, response) => {
    const now = clock.now() + skewMs
    clock.step(1000)
    response.setHeader('date', new Date(now + dateAheadMs).toUTCString())
    const refuse = (text: string) => response.writeHead(400).end(text)
    if (from < now - 7 * DAY) return refuse('The requested start time is too far into the past.')
    if (to - from < 30_000) return refuse('The requested interval is too short.')
    if (to - from > 60 * MINUTE) return refuse('The requested interval is too long.')
    if (to > now) return refuse('The requested interval is still current.')
    const held = events.filter(event => event.created >= from && event.created < to && event.indexed <= now)
    const order = (event: LateEvent) => (Number(event.id) * 7919 + before * 104_729) % 10_007
    const shuffled = held.toSorted((a, b) => order(a) - order(b))
    const again = shuffled.filter(event => order(event) % 5 === 0)
    return response.end(answerText({ messagesBlocked: [...shuffled, ...again] }, to))
  })
}
