import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import { describe, expect, test } from 'vitest'
import { sdkExporter } from '../../src/otlp/sdk-adapter.ts'
import { batchOf, logRecord } from '../support/log-records.ts'
import { type Differences, exporterContract, TIMEOUT_MS } from './exporter-contract.ts'

const never = new AbortController().signal

/** Where @opentelemetry/exporter-logs-otlp-http 0.301.0 cannot tell what ours can. */
const differences: Differences = {
  'rejected records in JSON make a partial success': {
    why: 'it reports a partial success as success',
    outcome: { status: 'accepted' },
  },
  'rejected records in protobuf make a partial success': {
    why: 'it reports a partial success as success',
    outcome: { status: 'accepted' },
  },
  'an HTML page with 200 holds': {
    why: 'it takes every 2xx for success',
    outcome: { status: 'accepted' },
  },
  'a connection that is closed after the head of a good answer is tried again': {
    why: 'it does not wait for the whole of an answer',
    outcome: { status: 'accepted' },
  },
  'a good answer that comes too slowly is tried again': {
    why: 'its time-out is for silence, not for the request',
    outcome: { status: 'accepted' },
  },
  'an answer that never ends holds': {
    why: 'it reads 4 MiB and gives an error without a code',
    outcome: { status: 'retry' },
  },
  '429 with Retry-After in seconds is tried again after them': {
    why: 'it keeps Retry-After to itself',
    outcome: { status: 'retry' },
  },
  '429 with Retry-After as a date is tried again after a quarter of an hour at most': {
    why: 'it keeps Retry-After to itself',
    outcome: { status: 'retry' },
  },
}

describe('the official OTLP exporter', () =>
  exporterContract({
    exporter: url => sdkExporter(new OTLPLogExporter({ url, timeoutMillis: TIMEOUT_MS })),
    differences,
  }))

const exporterThat = (exports: LogRecordExporter['export']): LogRecordExporter => ({
  export: exports,
  forceFlush: async () => {},
  shutdown: async () => {},
})

const failing = (error: Error) => exporterThat((_, done) => done({ code: ExportResultCode.FAILED, error }))

test('a full queue of the exporter is tried again', async () => {
  const held: ((result: ExportResult) => void)[] = []
  const official = new OTLPLogExporter({
    url: 'http://127.0.0.1:1/v1/logs',
    concurrencyLimit: 1,
    timeoutMillis: TIMEOUT_MS,
  })
  const exporter = sdkExporter(
    exporterThat((records, done) => official.export(records, result => held.push(done) && done(result))),
  )
  const [, second] = await Promise.all([
    exporter.export(batchOf(logRecord()), never),
    exporter.export(batchOf(logRecord()), never),
  ])
  expect(second).toEqual({ status: 'retry', reason: 'no answer: Concurrent export limit reached' })
  await exporter.close()
})

test('a status of gRPC is not taken for one of HTTP', async () => {
  const exporter = sdkExporter(failing(Object.assign(new Error('unavailable'), { code: 14 })))
  expect(await exporter.export(batchOf(logRecord()), never)).toEqual({
    status: 'retry',
    reason: 'no answer: unavailable',
  })
})

test('records that make the exporter throw are refused', async () => {
  const exporter = sdkExporter(
    exporterThat(() => {
      throw new RangeError('no such time')
    }),
  )
  expect(await exporter.export(batchOf(logRecord()), never)).toMatchObject({ status: 'refused' })
})
