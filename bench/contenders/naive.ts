/**
 * What a competent user writes with the official SDK: the same mapping, resource and scope, a `LoggerProvider` with a
 * `BatchLogRecordProcessor`, and the OTLP/HTTP protobuf exporter. The queue is that of the SDK unless `BENCH_QUEUE` says
 * more.
 */
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http'
import { LogsExporterMetricsHelper, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { createMapping } from '../../src/mapping/library.ts'
import { origins } from '../../src/otlp/resource.ts'
import type { Kind } from '../../src/pipeline.ts'
import { version } from '../../src/version.ts'
import { CLUSTER } from '../inputs.ts'
import { kindOfArray, receiveAnswers, receiveFrames } from './receive.ts'

const {
  BENCH_INPUT: input = '',
  BENCH_URL: url = '',
  BENCH_BACK_MS: backMs,
  BENCH_QUEUE: queue,
} = process.env
const product = input === 'tap' ? 'tap' : 'pod'
const kinds: readonly Kind[] = input === 'tap' ? Object.values(kindOfArray) : [`pod.${input}` as Kind]
const origin = origins({ product, account: CLUSTER, version, attributes: {} })
const toRecord = createMapping({ origin })

// All that the class of @opentelemetry/exporter-logs-otlp-proto consists of; it reads the OTEL_* variables by itself.
const exporter = new OTLPExporterBase(
  createOtlpHttpExportDelegate(
    convertLegacyHttpOptions({}, 'LOGS', 'v1/logs', { 'Content-Type': 'application/x-protobuf' }),
    ProtobufLogsSerializer,
    'otlp_http_log_exporter',
    LogsExporterMetricsHelper,
    undefined,
  ),
)
const provider = new LoggerProvider({
  resource: origin(kinds[0]!).resource,
  processors: [new BatchLogRecordProcessor({ exporter, ...(queue && { maxQueueSize: Number(queue) }) })],
})
const loggers = new Map(
  kinds.map(kind => {
    const { name, ...options } = origin(kind).scope
    return [kind, provider.getLogger(name, options.version, options)]
  }),
)

if (input === 'tap') await receiveAnswers(url, Number(backMs), emitAnswer)
else receiveFrames(url, input, frame => emit(`pod.${input}` as Kind, frame))

function emitAnswer(bytes: Buffer): void {
  const answer: Record<string, unknown> = JSON.parse(bytes.toString())
  for (const [array, events] of Object.entries(answer)) {
    const kind = kindOfArray[array]
    if (kind && Array.isArray(events)) for (const event of events) emit(kind, JSON.stringify(event))
  }
}

function emit(kind: Kind, source: string | Buffer): void {
  const record = toRecord(kind, source)
  const { severityNumber = 0, severityText = '', eventName = '', body = null, attributes } = record
  loggers.get(kind)?.emit({
    timestamp: record.hrTime,
    observedTimestamp: record.hrTimeObserved,
    severityNumber,
    severityText,
    eventName,
    body,
    attributes,
  })
}
