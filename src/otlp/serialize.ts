import type { HrTime } from '@opentelemetry/api'
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { type RequestWriter, requestWriter, writeRequest } from './protobuf/request.ts'

/** The protocols of `OTEL_EXPORTER_OTLP_PROTOCOL` that go over HTTP. */
export type Protocol = 'http/protobuf' | 'http/json'

export const contentTypes: Readonly<Record<Protocol, string>> = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
}

/** The bytes of one `ExportLogsServiceRequest`. */
export interface SerializedRequest {
  readonly bytes: Uint8Array
  /**
   * Lets a later request be written over the bytes. Called at most once, and only when nobody reads them any more; where that
   * is not certain it is left, and the bytes are garbage like any others.
   */
  release(): void
}

/**
 * Records are grouped by the identity of their resource and scope objects: in JSON all of them, in protobuf those in
 * succession. What a protocol cannot hold is written as the nearest value it can, so that no value makes a request fail.
 */
export type Serializer = (records: Iterable<ReadableLogRecord>) => SerializedRequest

/** One for all requests of an exporter: it keeps the buffers that are given back. */
export const serializer = (protocol: Protocol): Serializer =>
  protocol === 'http/json' ? jsonSerializer : protobufSerializer()

/** A single request, in bytes of its own. */
export const serialize = (records: Iterable<ReadableLogRecord>, protocol: Protocol): Uint8Array =>
  serializer(protocol)(records).bytes

/** A buffer that one unusual request made larger is not kept. */
const MOST_KEPT_BYTES = 16 * 2 ** 20

function protobufSerializer(): Serializer {
  const free: RequestWriter[] = []
  return records => {
    const writer = free.pop() ?? requestWriter()
    const bytes = writeRequest(writer, records)
    return {
      bytes,
      release() {
        if (writer.out.bytes.length <= MOST_KEPT_BYTES) free.push(writer)
      },
    }
  }
}

const jsonSerializer: Serializer = records => {
  const bytes = JsonLogsSerializer.serializeRequest(Array.from(records, forJson))
  if (!bytes) throw new Error('the serializer wrote nothing')
  return { bytes, release() {} }
}

/** The OTLP/JSON `LogRecord` of a record, one line: without its resource and scope, which stand around it in a request. */
export function logRecordJson(record: ReadableLogRecord): string {
  const request: JsonRequest = JSON.parse(new TextDecoder().decode(serialize([record], 'http/json')))
  return JSON.stringify(request.resourceLogs[0].scopeLogs[0].logRecords[0])
}

interface JsonRequest {
  readonly resourceLogs: readonly [
    { readonly scopeLogs: readonly [{ readonly logRecords: readonly [object] }] },
  ]
}

/**
 * The official JSON serializer writes NaN and infinities as null and throws for a time that is not a number; either would
 * make a collector refuse the whole request.
 */
function forJson(record: ReadableLogRecord): ReadableLogRecord {
  return {
    ...record,
    hrTime: validTime(record.hrTime),
    hrTimeObserved: validTime(record.hrTimeObserved),
    body: jsonValue(record.body),
    attributes: jsonEntries(record.attributes),
  }
}

const validTime = (time: HrTime): HrTime => (time.every(Number.isFinite) ? time : [0, 0])

const LEAST_INT64 = -(2 ** 63)
const INT64_END = 2 ** 63

function jsonValue(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return isWritable(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(jsonValue)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return jsonEntries(value)
}

const isWritable = (value: number): boolean =>
  Number.isInteger(value) ? value >= LEAST_INT64 && value < INT64_END : Number.isFinite(value)

const jsonEntries = (object: object): ReadableLogRecord['attributes'] =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key.toWellFormed(), jsonValue(value)]))
