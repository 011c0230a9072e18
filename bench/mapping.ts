/**
 * The way of an event from its frame into a request, without sockets: CPU a record and the ratio to `toString` and
 * `JSON.parse` of the same frames. `node bench/mapping.ts [message|maillog]`
 */

import { batchOf, split } from '../src/batch.ts'
import { createMapper } from '../src/mapping/mapper.ts'
import { origins } from '../src/otlp/resource.ts'
import { protobufSerializer } from '../src/otlp/serialize.ts'
import type { RawEvent } from '../src/pipeline.ts'
import { CLUSTER, podFrames } from './inputs.ts'

const RECORDS = 2_000
const WARM_UP = 10
const ROUNDS = 20
const type = process.argv[2] === 'maillog' ? 'maillog' : 'message'

/** As the worker makes it: with the drift sentinel. */
let unknown = 0
const mapper = createMapper({
  origin: origins({ product: 'pod', account: CLUSTER, version: '0.0.0', attributes: {} }),
  attributes: 'core',
  body: 'original',
  content: 'remove',
  timestamp: 'created',
  eventNameAttribute: false,
  unmappedList: false,
  maxRecordBytes: 900 * 1024,
  onUnknown: () => unknown++,
})
const serialize = protobufSerializer()

const frames = podFrames(type)
const events = Array.from(
  { length: RECORDS },
  (_, i): RawEvent => ({
    kind: `pod.${type}`,
    bytes: frames.next().value,
    observedAt: Date.UTC(2026, 10, 22) + i,
  }),
)

/** Of this thread, so that other processes disturb it least. */
function microsecondsOf(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / RECORDS
}

function parseAll(): void {
  for (const { bytes } of events) JSON.parse(bytes.toString())
}

function mapAndEncode(): void {
  for (const slice of split(events)) serialize(batchOf(slice, mapper)).release()
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const rounds = Array.from({ length: WARM_UP + ROUNDS }, () => ({
  parse: microsecondsOf(parseAll),
  ours: microsecondsOf(mapAndEncode),
})).slice(WARM_UP)

console.log({
  bytes_per_record: Math.round(events.reduce((sum, { bytes }) => sum + bytes.length, 0) / RECORDS),
  parse_us: Number(median(rounds.map(({ parse }) => parse)).toFixed(1)),
  map_and_encode_us: Number(median(rounds.map(({ ours }) => ours)).toFixed(1)),
  ratio: Number(median(rounds.map(({ ours, parse }) => ours / parse)).toFixed(2)),
  unknown,
})
