/** What a simulated Proofpoint is made of. */
import type { Clock } from '../clock.ts'
import type { Rates } from './streams.ts'

export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: any free port. */
  readonly port?: number
  /** Virtual time: of the data, quotas and sessions. Default real. */
  readonly clock?: Clock
  /** The same seed gives the same events. Default 1. */
  readonly seed?: number
  readonly clusterId: string
  /** Each is good for one session a type, live or archive. */
  readonly tokens: readonly string[]
  readonly principal: string
  readonly secret: string
  /** What is left out is silent. */
  readonly rates?: Partial<Rates>
  readonly pod?: Partial<PodBehaviour>
  readonly tap?: Partial<TapBehaviour>
}

/** All durations in ms; all shares 0 to 1, of events chosen by the seed. */
export interface PodBehaviour {
  /** Where the live stream of a token begins that this simulator has never seen; nobody knows what Proofpoint does. */
  readonly firstSession: 'now' | 'last hour'
  /** How long, in virtual time, a session stays "in use" after an unclean drop. */
  readonly zombieMs: number
  /** Whether the end of an archive session becomes the point where the live stream of that token and type resumes. */
  readonly archiveMovesResume: boolean
  /** Whether archived records differ from the live ones in `metadata`. */
  readonly replayMetadata: boolean
  /** Share of events in odd frames: binary, after an empty frame, with a trailing newline, with invalid UTF-8. */
  readonly oddFrames: number
  /** Share of events that an archive session sends twice. */
  readonly duplicates: number
  /** How long, in real time, a client may keep silent before it is dropped. */
  readonly idleMs: number
}

/** All durations in virtual ms; all shares 0 to 1, of events chosen by the seed. */
export interface TapBehaviour {
  /** Requests in 24 hours, each for `/clicks/permitted` and for all the others together. */
  readonly dailyRequests: number
  /** The longest time between an event's creation and its being found by queries. */
  readonly latenessMs: number
  /** Share of events that are found only one to four hours after their creation. */
  readonly veryLate: number
  /** Share of elements that an answer holds twice. */
  readonly duplicates: number
  /** Answer windows without events with 204. */
  readonly emptyAs204: boolean
  /** Call the JSON text/plain. */
  readonly textPlain: boolean
  /** Windows longer than this end in a 500, as if they took too long. */
  readonly longestWindowMs: number
  /** How much the server's clock is ahead. */
  readonly clockSkewMs: number
}

export const podDefaults: PodBehaviour = {
  firstSession: 'now',
  zombieMs: 0,
  archiveMovesResume: false,
  replayMetadata: false,
  oddFrames: 0,
  duplicates: 0,
  // Taken to be Proofpoint's limit by XSOAR; not documented.
  idleMs: 300_000,
}

export const tapDefaults: TapBehaviour = {
  dailyRequests: 1800,
  latenessMs: 30 * 60_000,
  veryLate: 0,
  duplicates: 0,
  emptyAs204: false,
  textPlain: false,
  longestWindowMs: Number.POSITIVE_INFINITY,
  clockSkewMs: 0,
}

export const silence: Rates = {
  message: 0,
  maillog: 0,
  audit: 0,
  messagesDelivered: 0,
  messagesBlocked: 0,
  clicksPermitted: 0,
  clicksBlocked: 0,
}
