/** The WebSocket frames of PoD events: one JSON object each, now and then in an odd shape. */
import type { PodBehaviour } from './options.ts'
import { randomness } from './random.ts'
import type { PodType, Stream } from './streams.ts'

export interface Frame {
  readonly data: Buffer
  readonly binary: boolean
  /** Whether an empty frame, which means "no events", comes before it. */
  readonly afterEmpty: boolean
  /** Whether an archive session sends it twice. */
  readonly twice: boolean
}

export interface Frames {
  /** The same event gives the same frame, live and archived. */
  live(index: number): Frame
  archived(index: number): Frame
}

export function framesOf(
  stream: Stream<object>,
  type: PodType,
  seed: number,
  behaviour: PodBehaviour,
): Frames {
  const draws = randomness(seed, `${type} frames`)
  const live = (index: number): Frame => {
    const own = draws(index)
    const odd = own.chance(behaviour.oddFrames) ? own.below(4) : undefined
    const text = JSON.stringify(stream.record(index))
    return {
      data: odd === 3 ? invalidUtf8(text) : Buffer.from(odd === 2 ? `${text}\n` : text),
      binary: odd === 0,
      afterEmpty: odd === 1,
      twice: own.chance(behaviour.duplicates),
    }
  }
  const archived = (index: number): Frame => {
    const frame = live(index)
    return behaviour.replayMetadata ? { ...frame, data: traced(frame.data, draws(index).uuid()) } : frame
  }
  return { live, archived }
}

function insert(data: Buffer, marker: string, bytes: Buffer): Buffer {
  const at = data.indexOf(marker) + marker.length
  return Buffer.concat([data.subarray(0, at), bytes, data.subarray(at)])
}

/** Inside a string that every kind of record has, and that identifies nothing. */
const invalidUtf8 = (text: string) => insert(Buffer.from(text), '"agent":"', Buffer.of(0xff))

/** With the transport trace that a replay may carry. */
const traced = (data: Buffer, id: string) =>
  insert(data, '"metadata":{', Buffer.from(`"trace":[{"id":"${id}"}],`))
