import type { Agent } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { Seat } from './seat.ts'
import type { Turns } from './turns.ts'
import type { PodType } from './types.ts'

/** What it takes to connect to one type of one cluster, live or archived. */
export interface PodConnection {
  /** The address without parameters, `wss://logstream.proofpoint.com:443/v1/stream`. */
  readonly url: string
  readonly clusterId: string
  readonly type: PodType
  /** Read at each connect, so that a rotated token is taken up. Throws a `KnownError`. */
  readonly token: () => Promise<string>
  /** Of this token and type: shared by all sources that read with them. */
  readonly seat: Seat
  readonly agent: Agent | undefined
  readonly clock: Clock
  /** The socket is paused while this many bytes wait. */
  readonly waitingBytes: number
  /** Of all sessions of the worker: one at a time takes a frame over 4 MiB. */
  readonly largeTurns: Turns
  /** What a session had read waits for so long, or a large frame for its turn, that it is being closed cleanly. */
  readonly onBlocked: () => void
}

/** The name of a type's stream. */
export const podStream = (type: PodType, clusterId: string): string => `pod/${type}@${clusterId}`

/** The address of a session; any time parameter makes it one of the archive. */
export function sessionAddress(
  { url, clusterId, type }: PodConnection,
  times: { readonly sinceTime?: string; readonly toTime?: string } = {},
): URL {
  const address = new URL(url)
  for (const [name, value] of Object.entries({ cid: clusterId, type, ...times }))
    address.searchParams.set(name, value)
  return address
}
