import type { HrTime } from '@opentelemetry/api'
import { type ISerializer, JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'

/** The protocols of `OTEL_EXPORTER_OTLP_PROTOCOL` that go over HTTP. */
export type Protocol = 'http/protobuf' | 'http/json'

export const contentTypes: Readonly<Record<Protocol, string>> = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
}

/**
 * One `ExportLogsServiceRequest` of all records. Records are grouped by the identity of their resource and scope objects.
 * What a protocol cannot hold is written as the nearest value it can, so that no value makes a request fail.
 */
export function serialize(records: Iterable<ReadableLogRecord>, protocol: Protocol): Uint8Array {
  return protocol === 'http/json'
    ? encode(JsonLogsSerializer, Array.from(records, forJson))
    : encode(ProtobufLogsSerializer, Array.from(records))
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

function encode(
  serializer: ISerializer<ReadableLogRecord[], unknown>,
  records: ReadableLogRecord[],
): Uint8Array {
  const bytes = serializer.serializeRequest(records)
  if (!bytes) throw new Error('the serializer wrote nothing')
  return bytes
}

/**
 * The official JSON serializer writes NaN and infinities as null and throws for a time that is not a number; either would
 * make a collector refuse the whole request. Protobuf has none of these troubles.
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
