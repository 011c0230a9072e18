/** Requests in JSON, by the official serializer. */
import type { HrTime } from '@opentelemetry/api'
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Serializer } from './serialize.ts'

export const jsonSerializer: Serializer = records => {
  const bytes = JsonLogsSerializer.serializeRequest(Array.from(records, forJson))
  if (!bytes) throw new Error('the serializer wrote nothing')
  return { bytes, release() {} }
}

/** The OTLP/JSON `LogRecord` of a record, one line: without its resource and scope, which stand around it in a request. */
export function logRecordJson(record: ReadableLogRecord): string {
  const request: JsonRequest = JSON.parse(new TextDecoder().decode(jsonSerializer([record]).bytes))
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
