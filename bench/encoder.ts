/**
 * The two protobuf encoders side by side on mapped messages of 6 KB: CPU nanoseconds a record, and their ratio.
 * `node bench/encoder.ts`
 */
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { createMapping } from '../src/mapping/library.ts'
import { requestWriter, writeRequest } from '../src/otlp/protobuf/request.ts'
import type { LogRecord } from '../src/pipeline.ts'
import { streamsOf } from '../src/simulator/streams.ts'

const RECORDS = 512
const WARM_UP = 20
const ROUNDS = 40
const FROM = Date.UTC(2026, 10, 22, 10)
const rates = {
  message: 50,
  maillog: 0,
  audit: 0,
  messagesDelivered: 0,
  messagesBlocked: 0,
  clicksPermitted: 0,
  clicksBlocked: 0,
}

function mappedMessages(): LogRecord[] {
  const { message } = streamsOf(7, 'example_hosted', rates).pod
  const toRecord = createMapping()
  const first = message.first(FROM)
  return Array.from({ length: RECORDS }, (_, i) =>
    toRecord('pod.message', JSON.stringify(message.record(first + i)), FROM + i),
  )
}

/** Of this thread, so that other processes disturb it least. */
function nanosecondsOf(encode: () => unknown): number {
  const before = process.threadCpuUsage()
  encode()
  const { user, system } = process.threadCpuUsage(before)
  return ((user + system) * 1_000) / RECORDS
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const records = mappedMessages()
const writer = requestWriter()
const rounds = Array.from({ length: WARM_UP + ROUNDS }, () => ({
  official: nanosecondsOf(() => ProtobufLogsSerializer.serializeRequest(records)),
  ours: nanosecondsOf(() => writeRequest(writer, records)),
})).slice(WARM_UP)

console.log({
  bytes_per_record: Math.round(writeRequest(writer, records).length / RECORDS),
  official_ns: Math.round(median(rounds.map(({ official }) => official))),
  ours_ns: Math.round(median(rounds.map(({ ours }) => ours))),
  official_vs_ours: Number(median(rounds.map(({ official, ours }) => official / ours)).toFixed(1)),
})
