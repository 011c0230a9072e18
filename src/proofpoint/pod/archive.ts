import { DAY_MS, HOUR_MS } from '../../clock.ts'
import { KnownError } from '../../errors.ts'
import type { Source } from '../../pipeline.ts'
import { type PodConnection, podStream, sessionAddress } from './connection.ts'
import { frames } from './frames.ts'
import { openSocket } from './handshake.ts'

/** After its end an hour still grows in the archive for so long. */
const SETTLING_MS = 45 * 60_000

/** An archive session brings its hour without pauses, and then its end. Slow ones of large hours are not cut off. */
const SILENT_MS = 15 * 60_000
/** No hour is so large; a session that goes on live after its end would hold the lane for ever. */
const LONGEST_MS = 2 * HOUR_MS

/** What Proofpoint's archive keeps. It was seen to close with 1000 what was empty or half: one read proves little. */
export const podArchive = {
  settlesIn: (lateness: number): number => SETTLING_MS + lateness - HOUR_MS,
  keepsMs: 30 * DAY_MS,
  proof: 'agreeing reads',
} as const

export interface PodArchiveOptions extends PodConnection {
  /** Whether the event of a uid was delivered before. */
  readonly known: (uid: string) => boolean
}

/** One hour of the archive to be read: its begin, ms since 1970, and the read's number in the ledger. */
export interface HourRead {
  readonly hour: number
  readonly id: number
}

/**
 * One hour of a type from Proofpoint's archive. Always with both times, on full hours: with only one the session would not
 * end, and times in between are rounded. Ends when the server closed with 1000, or after `stop`; else throws a `KnownError`,
 * also when for a quarter of an hour neither an event nor the end came, or for two hours no end.
 */
export function podArchiveSource(options: PodArchiveOptions, { hour, id }: HourRead): Source {
  const { clusterId, type, token, seat, agent, clock, waitingBytes, largeTurns, onBlocked, known } = options
  return {
    name: podStream(type, clusterId),
    lane: 'repair',
    async *read(_from, stop) {
      const address = sessionAddress(options, {
        sinceTime: archiveTime(hour),
        toTime: archiveTime(hour + HOUR_MS),
      })
      const socket = await seat.claim(
        async heldLately => await openSocket({ url: address, token: await token(), agent, heldLately }, stop),
      )
      if (!socket) return
      const leave = new AbortController()
      const over = AbortSignal.any([stop, leave.signal])
      const begunAt = clock.now()
      let lastFrameAt = begunAt
      let ill: KnownError | undefined
      for await (const page of frames(
        socket,
        { kind: `pod.${type}`, clock, waitingBytes, largeTurns, onBlocked, endsWithNormalClose: true },
        over,
      )) {
        if (page.length > 0) lastFrameAt = clock.now()
        else if (clock.now() - lastFrameAt >= SILENT_MS)
          ill ??= new KnownError('archive-silent', 'for 15 min neither an event nor the end came')
        if (clock.now() - begunAt >= LONGEST_MS)
          ill ??= new KnownError('archive-endless', 'for two hours the end did not come')
        if (ill) leave.abort()
        yield {
          events: page,
          cursor: {},
          known,
          read: id,
        }
      }
      if (ill && !stop.aborted) throw ill
    },
  }
}

/** The form that every public client was seen to use with success: milliseconds, UTC as `-0000`. */
const archiveTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '-0000')
