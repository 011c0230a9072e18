/** ExportLogsServiceRequest (opentelemetry-proto, collector/logs/v1/logs_service.proto). */
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { writeLogRecord } from './log-record.ts'
import { resourceFrame, scopeFrame } from './origin-frames.ts'
import {
  close,
  createOutput,
  MOST_VARINT_BYTES,
  type Output,
  putBytes,
  putOpening,
  reserve,
} from './output.ts'

/** Tags: the field's number in the message, and its wire type. */
const RESOURCE_LOGS = 0x0a
const SCOPE_LOGS = 0x12
const LOG_RECORDS = 0x12

/** Where a record comes from. Told apart by the identity of the two objects, which must not change. */
export type Origin = Pick<ReadableLogRecord, 'resource' | 'instrumentationScope'>

/** Writes requests, one after the other, into one buffer, which grows to the largest of them. */
export interface RequestWriter {
  /** Where the fields of a LogRecord are written between `openRecord` and `closeRecord`. */
  readonly out: Output
  /** Begins a request; the last one is written over. */
  begin(): void
  /** Records in succession that have one origin share a group. */
  openRecord(origin: Origin): void
  closeRecord(): void
  /** Takes back the record that was opened and not closed, if there is one. */
  dropRecord(): void
  /** The whole request: a view of the buffer, good until the next `begin`. */
  end(): Buffer
}

/** A message that holds others. It is expected to become about as long as the last of its kind. */
interface Message {
  start: number
  expected: number
}

export function requestWriter(firstBytes?: number): RequestWriter {
  const out = createOutput(firstBytes)
  const resourceLogs: Message = { start: 0, expected: 0 }
  const scopeLogs: Message = { start: 0, expected: 0 }
  const record: Message = { start: 0, expected: 0 }
  let origin: Origin | undefined
  /** Where the record that is open begins; undefined when none is. */
  let opened: number | undefined

  function open(message: Message, tag: number): void {
    reserve(out, 1 + MOST_VARINT_BYTES)
    message.start = putOpening(out, tag, message.expected)
  }

  function shut(message: Message): void {
    const length = out.at - message.start
    close(out, message.start, message.expected)
    message.expected = length
  }

  function write(bytes: Uint8Array): void {
    reserve(out, bytes.length)
    putBytes(out, bytes)
  }

  function openGroup({ resource, instrumentationScope }: Origin): void {
    open(resourceLogs, RESOURCE_LOGS)
    write(resourceFrame(resource).head)
    open(scopeLogs, SCOPE_LOGS)
    write(scopeFrame(instrumentationScope).head)
  }

  function closeGroup({ resource, instrumentationScope }: Origin): void {
    write(scopeFrame(instrumentationScope).tail)
    shut(scopeLogs)
    write(resourceFrame(resource).tail)
    shut(resourceLogs)
  }

  return {
    out,
    begin() {
      out.at = 0
      origin = undefined
      opened = undefined
    },
    openRecord({ resource, instrumentationScope }) {
      if (origin?.resource !== resource || origin.instrumentationScope !== instrumentationScope) {
        if (origin) closeGroup(origin)
        origin = { resource, instrumentationScope }
        openGroup(origin)
      }
      opened = out.at
      open(record, LOG_RECORDS)
    },
    closeRecord() {
      opened = undefined
      shut(record)
    },
    dropRecord() {
      out.at = opened ?? out.at
      opened = undefined
    },
    end() {
      if (origin) closeGroup(origin)
      origin = undefined
      return out.bytes.subarray(0, out.at)
    },
  }
}

/** One request of all records, as `writer.end` gives it. */
export function writeRequest(writer: RequestWriter, records: Iterable<ReadableLogRecord>): Buffer {
  writer.begin()
  for (const record of records) {
    writer.openRecord(record)
    writeLogRecord(writer.out, record)
    writer.closeRecord()
  }
  return writer.end()
}
