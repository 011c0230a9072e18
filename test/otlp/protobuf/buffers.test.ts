/** Request buffers are used again: never while anybody still reads them. */

import { hash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { describe, expect, test, vi } from 'vitest'
import { otlpExporter } from '../../../src/otlp/exporter.ts'
import type { LogRecord } from '../../../src/pipeline.ts'
import { answeringEarly } from '../../support/early-answer-server.ts'
import { batchOf, logRecord } from '../../support/log-records.ts'
import { answering, hang, serve } from '../../support/otlp-fault-servers.ts'

const never = new AbortController().signal
const official = (...records: LogRecord[]) => Buffer.from(ProtobufLogsSerializer.serializeRequest(records)!)
const digest = (bytes: Buffer) => hash('sha256', bytes)
const exporterTo = (url: string, compression: 'none' | 'gzip' = 'none') =>
  otlpExporter({
    url,
    headers: {},
    timeoutMs: 10_000,
    compression,
    protocol: 'http/protobuf',
    proxies: {},
    version: '0.0.0',
  })

/** More than the sockets' buffers hold, so that a part waits in the memory that it was written to. */
const large = (letter: string) =>
  Array.from({ length: 32 }, () => logRecord({ body: letter.repeat(2 ** 18) }))
const medium = (i: number) => logRecord({ body: `body ${i} `.repeat(50_000 + i * 5_000) })

describe.each(['none', 'gzip'] as const)('with compression %s', compression => {
  test('requests side by side and one after the other arrive as they were written', async () => {
    await using server = await answering(200)
    const exporter = exporterTo(server.url, compression)
    const records = Array.from({ length: 24 }, (_, i) => medium(i))
    const left = [...records]
    const lane = async () => {
      for (let record = left.shift(); record; record = left.shift())
        expect(await exporter.export(batchOf(record), never)).toEqual({ status: 'accepted' })
    }
    await Promise.all([lane(), lane(), lane(), lane()])
    const bodies = server.requests.map(({ body }) => (compression === 'gzip' ? gunzipSync(body) : body))
    expect(bodies.map(digest).sort()).toEqual(records.map(record => digest(official(record))).sort())
    await exporter.close()
  })
})

test('what is still on its way after an early answer is not written over', async () => {
  await using server = await answeringEarly()
  const exporter = exporterTo(server.url)
  expect(await exporter.export(batchOf(...large('a')), never)).toMatchObject({ status: 'retry' })
  const next = exporter.export(batchOf(...large('b')), never)
  server.readOn()
  expect(await next).toEqual({ status: 'accepted' })
  const expected = official(...large('a'))
  const body = () => server.first().subarray(server.first().indexOf('\r\n\r\n') + 4)
  await expect.poll(() => body().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(expected.length)
  expect(body().subarray(0, expected.length).equals(expected)).toBe(true)
  await exporter.close()
})

/** Two requests of one size, and how many buffers the second one needed. */
async function buffersOfSecond(url: string, timeoutMs = 10_000) {
  const exporter = otlpExporter({
    url,
    headers: {},
    timeoutMs,
    compression: 'none',
    protocol: 'http/protobuf',
    proxies: {},
    version: '0',
  })
  await exporter.export(batchOf(medium(1)), never)
  const first = await exporter.export(batchOf(medium(0)), never)
  const made = vi.spyOn(Buffer, 'allocUnsafeSlow')
  await exporter.export(batchOf(medium(0)), never)
  const count = made.mock.calls.filter(([size]) => size >= 1_000_000).length
  made.mockRestore()
  await exporter.close()
  return { status: first.status, count }
}

test('a buffer is used again once its request is accepted, or its connection is closed; not after a time-out', async () => {
  await using taking = await answering(200)
  expect(await buffersOfSecond(taking.url)).toEqual({ status: 'accepted', count: 0 })
  expect(await buffersOfSecond('http://127.0.0.1:9/v1/logs')).toEqual({ status: 'retry', count: 0 })
  await using late = await serve(hang)
  const timed = await buffersOfSecond(late.url, 200)
  expect(timed.status).toBe('retry')
  expect(timed.count).toBeGreaterThan(0)
})
