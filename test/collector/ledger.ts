/** Reads the ledger: the lines of OTLP/JSON that the Collector's file exporter writes, one a request. */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, truncateSync } from 'node:fs'

/** An attribute's or body's value with its OTLP type: int64 as bigint, double as number, bytes as Buffer, empty as undefined. */
export type Value =
  | string
  | bigint
  | number
  | boolean
  | Buffer
  | undefined
  | readonly Value[]
  | { readonly [key: string]: Value }

export interface LedgerRecord {
  readonly resource: { readonly [key: string]: Value }
  readonly scope: {
    readonly name: string
    readonly version: string
    readonly attributes: { readonly [key: string]: Value }
  }
  readonly eventName: string
  /** Nanoseconds since 1970 in decimal; `0` when not set. */
  readonly timeUnixNano: string
  readonly observedTimeUnixNano: string
  /** 0 when not set. */
  readonly severityNumber: number
  readonly severityText: string
  readonly body: Value
  readonly attributes: { readonly [key: string]: Value }
}

/** OTLP/JSON, as far as the file exporter writes it: opentelemetry-proto logs.proto and common.proto. */
interface AnyValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  /** A string for `NaN` and `Infinity`. */
  readonly doubleValue?: number | string
  readonly bytesValue?: string
  readonly arrayValue?: { readonly values?: readonly AnyValue[] }
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] }
}
interface KeyValue {
  readonly key: string
  readonly value?: AnyValue
}
interface LogsData {
  readonly resourceLogs?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] }
    readonly scopeLogs?: readonly {
      readonly scope?: {
        readonly name?: string
        readonly version?: string
        readonly attributes?: readonly KeyValue[]
      }
      readonly logRecords?: readonly {
        readonly eventName?: string
        readonly timeUnixNano?: string
        readonly observedTimeUnixNano?: string
        readonly severityNumber?: number
        readonly severityText?: string
        readonly body?: AnyValue
        readonly attributes?: readonly KeyValue[]
      }[]
    }[]
  }[]
}

/** Returns a function that gives all records written so far, in the file's order; each line is parsed once. */
export function ledgerReader(path: string): () => readonly LedgerRecord[] {
  const added = ledgerFollower(path)
  const records: LedgerRecord[] = []
  return () => {
    for (const record of added()) records.push(record)
    return [...records]
  }
}

/** Returns a function that gives the records written since it was called last, in the file's order. */
export function ledgerFollower(path: string): () => Iterable<LedgerRecord> {
  let parsed = 0
  return function* () {
    const added = completeLines(path, parsed)
    parsed += added.length
    for (const line of added.toString().split('\n')) if (line) yield* flatten(JSON.parse(line))
  }
}

/** Takes away the unfinished line that a killed Collector left, so that the next one begins on its own. */
export function dropTornLine(path: string): void {
  if (existsSync(path)) truncateSync(path, readFileSync(path).lastIndexOf('\n') + 1)
}

function completeLines(path: string, from: number): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0)
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(fstatSync(file).size - from)
    const length = readSync(file, bytes, 0, bytes.length, from)
    return bytes.subarray(0, bytes.subarray(0, length).lastIndexOf('\n') + 1)
  } finally {
    closeSync(file)
  }
}

function flatten({ resourceLogs = [] }: LogsData): LedgerRecord[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, logRecords = [] }) =>
      logRecords.map(record => ({
        resource: map(resource?.attributes),
        scope: { name: scope?.name ?? '', version: scope?.version ?? '', attributes: map(scope?.attributes) },
        eventName: record.eventName ?? '',
        timeUnixNano: record.timeUnixNano ?? '0',
        observedTimeUnixNano: record.observedTimeUnixNano ?? '0',
        severityNumber: record.severityNumber ?? 0,
        severityText: record.severityText ?? '',
        body: value(record.body),
        attributes: map(record.attributes),
      })),
    ),
  )
}

const map = (pairs: readonly KeyValue[] = []): { [key: string]: Value } =>
  Object.fromEntries(pairs.map(pair => [pair.key, value(pair.value)]))

function value(any: AnyValue = {}): Value {
  if (any.stringValue !== undefined) return any.stringValue
  if (any.boolValue !== undefined) return any.boolValue
  if (any.intValue !== undefined) return BigInt(any.intValue)
  if (any.doubleValue !== undefined) return Number(any.doubleValue)
  if (any.bytesValue !== undefined) return Buffer.from(any.bytesValue, 'base64')
  if (any.arrayValue) return (any.arrayValue.values ?? []).map(value)
  if (any.kvlistValue) return map(any.kvlistValue.values)
  return undefined
}
