/** Reads an ExportLogsServiceRequest by the field numbers of opentelemetry-proto, from nothing but its wire format. */
import { type ProtobufField, protobufFields } from '../../src/otlp/protobuf-fields.ts'

/** An AnyValue: int64 as bigint, a map as a list of its entries, an empty value as undefined. */
export type Decoded =
  | string
  | boolean
  | bigint
  | number
  | Buffer
  | undefined
  | readonly Decoded[]
  | { readonly entries: readonly Entry[] }

type Entry = readonly [key: string, value: Decoded]
type Fields = readonly ProtobufField[]

const fieldsOf = (bytes: Uint8Array): Fields => [...protobufFields(bytes)]
const all = (fields: Fields, wanted: number) =>
  fields.flatMap(({ number, value }) => (number === wanted ? [value] : []))

/** The last one counts, as the format demands. */
const bytesOf = (fields: Fields, wanted: number): Buffer => {
  const value = all(fields, wanted).at(-1)
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0)
}
const varintOf = (fields: Fields, wanted: number): bigint => {
  const value = all(fields, wanted).at(-1)
  return typeof value === 'bigint' ? value : 0n
}
const messages = (fields: Fields, wanted: number): Fields[] =>
  all(fields, wanted).map(value => fieldsOf(value instanceof Uint8Array ? value : Buffer.alloc(0)))

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const textOf = (fields: Fields, wanted: number): string => utf8.decode(bytesOf(fields, wanted))

function anyValue(fields: Fields): Decoded {
  const field = fields[0]?.number
  if (field === 1) return textOf(fields, 1)
  if (field === 2) return varintOf(fields, 2) === 1n
  if (field === 3) return BigInt.asIntN(64, varintOf(fields, 3))
  if (field === 4) return bytesOf(fields, 4).readDoubleLE()
  if (field === 5) return messages(fieldsOf(bytesOf(fields, 5)), 1).map(anyValue)
  if (field === 6) return { entries: entries(fieldsOf(bytesOf(fields, 6)), 1) }
  if (field === 7) return bytesOf(fields, 7)
  return undefined
}

const entries = (fields: Fields, wanted: number): Entry[] =>
  messages(fields, wanted).map(entry => [textOf(entry, 1), anyValue(fieldsOf(bytesOf(entry, 2)))])

const logRecord = (fields: Fields) => ({
  time: bytesOf(fields, 1).readBigUInt64LE(),
  observed: bytesOf(fields, 11).readBigUInt64LE(),
  severityNumber: varintOf(fields, 2),
  severityText: textOf(fields, 3),
  body: anyValue(fieldsOf(bytesOf(fields, 5))),
  attributes: entries(fields, 6),
  dropped: varintOf(fields, 7),
  eventName: textOf(fields, 12),
})

export const decodeRequest = (bytes: Uint8Array) =>
  messages(fieldsOf(bytes), 1).map(resourceLogs => ({
    resource: entries(fieldsOf(bytesOf(resourceLogs, 1)), 1),
    schemaUrl: textOf(resourceLogs, 3),
    scopeLogs: messages(resourceLogs, 2).map(scopeLogs => {
      const scope = fieldsOf(bytesOf(scopeLogs, 1))
      return {
        scope: { name: textOf(scope, 1), version: textOf(scope, 2), attributes: entries(scope, 3) },
        schemaUrl: textOf(scopeLogs, 3),
        records: messages(scopeLogs, 2).map(logRecord),
      }
    }),
  }))
