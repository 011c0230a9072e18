/** LogRecord (opentelemetry-proto, logs/v1/logs.proto). */
import type { HrTime } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { RecordHead, RecordWriter } from '../../pipeline.ts'
import {
  encodedKey,
  writeAnyValue,
  writeInt,
  writeKeyValue,
  writeKeyValues,
  writeString,
  writeUtf8Value,
} from './any-value.ts'
import { type Output, putFixed64, reserve } from './output.ts'
import type { RequestWriter } from './request.ts'

/** Tags: the field's number in the message, and its wire type. */
const TIME_UNIX_NANO = 0x09
const SEVERITY_NUMBER = 0x10
const SEVERITY_TEXT = 0x1a
const BODY = 0x2a
const ATTRIBUTES = 0x32
const DROPPED_ATTRIBUTES_COUNT = 0x38
const OBSERVED_TIME_UNIX_NANO = 0x59
const EVENT_NAME = 0x62

type Head = Pick<ReadableLogRecord, 'hrTime' | 'severityNumber' | 'severityText'>
type Tail = Pick<ReadableLogRecord, 'droppedAttributesCount' | 'hrTimeObserved' | 'eventName'>

/** The content of the message. A span context is not written: no record of this program has one. */
export function writeLogRecord(out: Output, record: ReadableLogRecord): void {
  writeHead(out, record)
  if (record.body !== undefined) writeAnyValue(out, BODY, record.body)
  writeKeyValues(out, ATTRIBUTES, record.attributes)
  writeTail(out, record)
}

/** Writes the same from pieces, into the writer's request. */
export function piecesInto(request: RequestWriter): RecordWriter {
  const { out } = request
  let head: RecordHead | undefined
  return {
    begin(given) {
      head = given
      request.openRecord(given)
      writeHead(out, given)
    },
    body: value => writeAnyValue(out, BODY, value),
    bodyBytes: (utf8, cuts) => writeUtf8Value(out, BODY, utf8, cuts),
    attribute: (name, value) => writeKeyValue(out, ATTRIBUTES, encodedKey(name), value),
    keyValues(bytes, from, to) {
      reserve(out, to - from)
      out.at += bytes.copy(out.bytes, out.at, from, to)
    },
    end() {
      if (head) writeTail(out, head)
      request.closeRecord()
    },
    drop: () => request.dropRecord(),
  }
}

function writeHead(out: Output, { hrTime, severityNumber, severityText }: Head): void {
  writeTime(out, TIME_UNIX_NANO, hrTime)
  if (severityNumber) writeInt(out, SEVERITY_NUMBER, severityNumber)
  if (severityText) writeString(out, SEVERITY_TEXT, severityText)
}

function writeTail(out: Output, { droppedAttributesCount, hrTimeObserved, eventName }: Tail): void {
  writeInt(out, DROPPED_ATTRIBUTES_COUNT, droppedAttributesCount)
  writeTime(out, OBSERVED_TIME_UNIX_NANO, hrTimeObserved)
  if (eventName) writeString(out, EVENT_NAME, eventName)
}

const UINT64_END_SECONDS = 18_446_744_073

/** Nanoseconds since 1970; 0 for what is no such time. */
function writeTime(out: Output, tag: number, [seconds, nanos]: HrTime): void {
  const isTime = seconds >= 0 && seconds < UINT64_END_SECONDS && nanos >= 0 && nanos < 1e9
  // In two halves, since the whole would have more than the 53 bits of a number.
  const upper = isTime ? Math.floor(seconds / 2 ** 16) * 1e9 : 0
  const lower = isTime ? (seconds % 2 ** 16) * 1e9 + nanos + (upper % 2 ** 16) * 2 ** 16 : 0
  reserve(out, 9)
  out.bytes[out.at++] = tag
  putFixed64(out, Math.floor(upper / 2 ** 16) + Math.floor(lower / 2 ** 32), lower >>> 0)
}
