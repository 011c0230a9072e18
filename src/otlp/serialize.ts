import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Batch } from '../pipeline.ts'
import { piecesInto } from './protobuf/log-record.ts'
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
export type Serializer = (records: Records) => SerializedRequest

/** As in a batch. */
type Records = Iterable<ReadableLogRecord> & Pick<Batch, 'writeTo'>

/** One for all requests of an exporter. The official JSON serializer brings half of the SDK along: loaded only when asked for. */
export const serializer = async (protocol: Protocol): Promise<Serializer> =>
  protocol === 'http/json' ? (await import('./json.ts')).jsonSerializer : protobufSerializer()

/** Of all buffers together: those that unusual requests made larger are not kept. */
const MOST_KEPT_BYTES = 16 * 2 ** 20

/** Keeps the buffers that are given back. */
export function protobufSerializer(): Serializer {
  const free: RequestWriter[] = []
  let kept = 0
  const take = () => {
    const writer = free.pop()
    kept -= writer?.out.bytes.length ?? 0
    return writer ?? requestWriter()
  }
  return records => {
    const writer = take()
    const bytes = records.writeTo ? writePieces(writer, records) : writeRequest(writer, records)
    return {
      bytes,
      release() {
        const { length } = writer.out.bytes
        if (kept + length > MOST_KEPT_BYTES) return
        kept += length
        free.push(writer)
      },
    }
  }
}

function writePieces(writer: RequestWriter, records: Records): Uint8Array {
  writer.begin()
  records.writeTo?.(piecesInto(writer))
  return writer.end()
}
