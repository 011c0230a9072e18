/** The uids of an OTLP request: no decoding, only the way through lengths to one attribute of each record. */

const KEY = Buffer.from('log.record.uid')
/** Field numbers of opentelemetry/proto: logs and common v1. */
const RESOURCE_LOGS = 1
const SCOPE_LOGS = 2
const LOG_RECORDS = 2
const ATTRIBUTES = 6
const ATTRIBUTE_KEY = 1
const ATTRIBUTE_VALUE = 2
const STRING_VALUE = 1

/** `log.record.uid` of each record of an `ExportLogsServiceRequest`, '' for one without. Throws a RangeError for what is none. */
export function uidsOf(request: Buffer): string[] {
  const uids: string[] = []
  for (const resourceLogs of fields(request, 0, request.length, RESOURCE_LOGS))
    for (const scopeLogs of fields(request, ...resourceLogs, SCOPE_LOGS))
      for (const record of fields(request, ...scopeLogs, LOG_RECORDS)) uids.push(uidOf(request, record))
  return uids
}

type Span = readonly [from: number, to: number]

function uidOf(request: Buffer, record: Span): string {
  for (const attribute of fields(request, ...record, ATTRIBUTES)) {
    const [key] = fields(request, ...attribute, ATTRIBUTE_KEY)
    if (!key || request.compare(KEY, 0, KEY.length, ...key) !== 0) continue
    const [value = [0, 0] as const] = fields(request, ...attribute, ATTRIBUTE_VALUE)
    const [text = [0, 0] as const] = fields(request, ...value, STRING_VALUE)
    return request.toString('latin1', ...text)
  }
  return ''
}

/** Where the length-delimited fields of this number lie in the message at `from` to `to`. */
function* fields(bytes: Buffer, from: number, to: number, number: number): Generator<Span> {
  let at = from
  const varint = (): number => {
    for (let value = 0, factor = 1; at < to; factor *= 128) {
      const byte = bytes[at++]!
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
    throw new RangeError('the message breaks off')
  }
  while (at < to) {
    const tag = varint()
    switch (tag & 7) {
      case 0:
        varint()
        break
      case 1:
        at += 8
        break
      case 2: {
        const length = varint()
        at += length
        if (at <= to && tag >> 3 === number) yield [at - length, at]
        break
      }
      case 5:
        at += 4
        break
      default:
        throw new RangeError(`wire type ${tag & 7} is not in use`)
    }
    if (at > to) throw new RangeError('the message breaks off')
  }
}
