import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { protobufFields } from '../../src/otlp/protobuf-fields.ts'

export interface CountingCollector extends AsyncDisposable {
  /** The base URL. */
  readonly url: string
  podRecords(): number
  podUids(): ReadonlySet<string>
  tapUids(): ReadonlySet<string>
}

/** Of opentelemetry-proto, logs/v1/logs.proto: fields of LogRecord. */
const ATTRIBUTES = 6
const EVENT_NAME = 12

/** A collector that accepts every request and only counts, so that it keeps up with any worker. */
export async function countingCollector(): Promise<CountingCollector> {
  let podRecords = 0
  const podUids = new Set<string>()
  const tapUids = new Set<string>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = await request.toArray()
    for (const record of recordsOf(Buffer.concat(chunks))) {
      const fields = [...protobufFields(record)]
      const name = fields.find(({ number }) => number === EVENT_NAME)?.value
      const isOfPod = text(name).startsWith('proofpoint.pod')
      if (isOfPod) podRecords++
      for (const uid of fields.flatMap(({ number, value }) => (number === ATTRIBUTES ? uidOf(value) : [])))
        (isOfPod ? podUids : tapUids).add(uid)
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    podRecords: () => podRecords,
    podUids: () => podUids,
    tapUids: () => tapUids,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** The LogRecords of an ExportLogsServiceRequest: resource_logs is field 1, scope_logs and log_records are fields 2. */
export const recordsOf = (request: Uint8Array): Uint8Array[] =>
  submessages(request, 1)
    .flatMap(resource => submessages(resource, 2))
    .flatMap(scope => submessages(scope, 2))

const submessages = (bytes: Uint8Array, wanted: number): Uint8Array[] =>
  [...protobufFields(bytes)].flatMap(({ number, value }) =>
    number === wanted && typeof value !== 'bigint' ? [value] : [],
  )

const text = (value: bigint | Uint8Array | undefined): string =>
  value === undefined || typeof value === 'bigint' ? '' : Buffer.from(value).toString()

/** KeyValue: key 1, value 2; AnyValue: string_value 1. */
function uidOf(attribute: bigint | Uint8Array): string[] {
  if (typeof attribute === 'bigint') return []
  const [key, value] = [...protobufFields(attribute)]
  if (text(key?.value) !== 'log.record.uid' || !value || typeof value.value === 'bigint') return []
  return [...protobufFields(value.value)].map(field => text(field.value))
}
