import type { Agent } from 'node:http'
import { type Clock, HOUR_MS } from '../../clock.ts'
import type { Source } from '../../pipeline.ts'
import { frames } from './frames.ts'
import { openSocket } from './handshake.ts'
import { podStream } from './live.ts'
import type { PodType } from './types.ts'

export interface PodArchiveOptions {
  /** The address without parameters. */
  readonly url: string
  readonly clusterId: string
  readonly type: PodType
  /** Read at each connect. Throws a `KnownError`. */
  readonly token: () => Promise<string>
  readonly agent: Agent | undefined
  readonly clock: Clock
  readonly waitingBytes: number
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
 * end, and times in between are rounded. Ends when the server closed with 1000, or after `stop`; else throws a `KnownError`.
 */
export function podArchiveSource(options: PodArchiveOptions, { hour, id }: HourRead): Source {
  const { url, clusterId, type, token, agent, clock, waitingBytes, known } = options
  return {
    name: podStream(type, clusterId),
    lane: 'repair',
    async *read(_from, stop) {
      const address = new URL(url)
      address.searchParams.set('cid', clusterId)
      address.searchParams.set('type', type)
      address.searchParams.set('sinceTime', archiveTime(hour))
      address.searchParams.set('toTime', archiveTime(hour + HOUR_MS))
      const socket = await openSocket({ url: address, token: await token(), agent, heldLately: false }, stop)
      if (!socket) return
      for await (const page of frames(socket, { clock, waitingBytes, endsWithNormalClose: true }, stop)) {
        yield {
          events: page.map(frame => ({ kind: `pod.${type}` as const, ...frame })),
          cursor: {},
          known,
          read: id,
        }
      }
    },
  }
}

/** The form that every public client was seen to use with success: milliseconds, UTC as `-0000`. */
const archiveTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '-0000')
