import { gunzipSync } from 'node:zlib'
import { type ProtobufField, protobufFields } from './protobuf-fields.ts'

/** An HTTP answer as it was received. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
  /** Set when the body was longer than what was read of it. */
  readonly truncated?: boolean
}

/** An OTLP answer is a few hundred bytes; a bomb is not unpacked. */
const MOST_UNPACKED_BYTES = 2 ** 20

/** An `ExportLogsServiceResponse`, with the defaults of its absent fields. */
export interface ExportLogsServiceResponse {
  readonly rejected: number
  readonly message: string
}

/**
 * Reads an answer's body as an `ExportLogsServiceResponse` (opentelemetry-proto, collector/logs/v1/logs_service.proto):
 * empty, JSON, or protobuf. Undefined when it is none, such as an HTML page or a gateway's own JSON.
 */
export function readResponse(answer: Answer): ExportLogsServiceResponse | undefined {
  const { headers } = answer
  const body = unpacked(answer)
  if (answer.truncated || !body) return undefined
  if (body.length === 0) return { rejected: 0, message: '' }
  const json = parseObject(body)
  if (json) return readJsonResponse(json)
  return mayBeProtobuf(headers) ? readProtobufResponse(body) : undefined
}

/** What the server says about an error: the message of a google.rpc.Status (JSON or protobuf), or its text. */
export function readMessage(answer: Answer): string {
  const { headers } = answer
  const body = unpacked(answer)
  if (!body) return 'an answer in an unknown encoding'
  const json = parseObject(body)
  if (json) return typeof json['message'] === 'string' ? json['message'] : decode(body)
  const type = contentType(headers)
  if (type.includes('html')) return 'an HTML page'
  if (type.includes('protobuf')) return readStatus(body) ?? ''
  const text = decode(body)
  return text.includes('\ufffd') ? '' : text
}

/** Proxies compress what nobody asked them to. Undefined when it cannot be undone. */
function unpacked({ headers, body }: Answer): Uint8Array | undefined {
  const encoding = String(headers['content-encoding'] ?? '').trim()
  if (body.length === 0 || /^(identity)?$/i.test(encoding)) return body
  try {
    return /^(x-)?gzip$/i.test(encoding)
      ? gunzipSync(body, { maxOutputLength: MOST_UNPACKED_BYTES })
      : undefined
  } catch {
    return undefined
  }
}

function readJsonResponse(json: Record<string, unknown>): ExportLogsServiceResponse | undefined {
  const partial = json['partialSuccess'] ?? json['partial_success'] ?? {}
  // A gateway's own `{"error": …}` must not pass for an acknowledgement.
  const isResponse = Object.keys(json).length === 0 || 'partialSuccess' in json || 'partial_success' in json
  if (!isResponse || !isObject(partial)) return undefined
  // Protobuf's JSON form writes 64-bit integers as strings; some servers write numbers.
  const rejected = partial['rejectedLogRecords'] ?? partial['rejected_log_records'] ?? 0
  const message = partial['errorMessage'] ?? partial['error_message'] ?? ''
  const count = typeof rejected === 'number' || typeof rejected === 'string' ? Number(rejected) : Number.NaN
  if (!Number.isInteger(count) || count < 0) return undefined
  // Whatever is no text says nothing; not even every object can be made one.
  return { rejected: count, message: typeof message === 'string' ? message : '' }
}

function readProtobufResponse(body: Uint8Array): ExportLogsServiceResponse | undefined {
  const fields = readFields(body)
  if (!fields) return undefined
  let rejected = 0n
  let message = ''
  for (const { number, value } of fields) {
    if (number !== 1) continue
    const partial = typeof value === 'bigint' ? undefined : readFields(value)
    if (!partial) return undefined
    for (const field of partial) {
      if (field.number === 1 && typeof field.value === 'bigint') rejected = BigInt.asIntN(64, field.value)
      if (field.number === 2 && typeof field.value !== 'bigint') message = decode(field.value)
    }
  }
  return rejected < 0n ? undefined : { rejected: Number(rejected), message }
}

/** google.rpc.Status: code 1, message 2, details 3. */
function readStatus(body: Uint8Array): string | undefined {
  const message = readFields(body)?.find(field => field.number === 2)?.value
  return message === undefined || typeof message === 'bigint' ? undefined : decode(message)
}

function readFields(bytes: Uint8Array): readonly ProtobufField[] | undefined {
  try {
    return [...protobufFields(bytes)]
  } catch {
    return undefined
  }
}

const mayBeProtobuf = (headers: Answer['headers']): boolean =>
  /^$|protobuf|octet-stream/.test(contentType(headers))

const contentType = (headers: Answer['headers']): string =>
  String(headers['content-type'] ?? '').toLowerCase()

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parseObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decode(body))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
