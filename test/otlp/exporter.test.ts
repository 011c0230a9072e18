import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type OtlpOptions, otlpExporter } from '../../src/otlp/exporter.ts'
import { limited } from '../../src/otlp/limit.ts'
import type { Batch } from '../../src/pipeline.ts'
import { batchOf, logRecord } from '../support/log-records.ts'
import {
  answering,
  resetMidAnswer,
  resettingMidRequest,
  serve,
  speakingNoHttp,
} from '../support/otlp-fault-servers.ts'
import { exporterContract, TIMEOUT_MS } from './exporter-contract.ts'

const never = new AbortController().signal

const options = (url: string, changes: Partial<OtlpOptions> = {}): OtlpOptions => ({
  url,
  headers: {},
  timeoutMs: TIMEOUT_MS,
  compression: 'none',
  protocol: 'http/protobuf',
  proxies: {},
  version: '1.2.3',
  ...changes,
})

describe('protobuf', () => exporterContract({ exporter: url => otlpExporter(options(url)) }))
describe('protobuf with gzip', () =>
  exporterContract({ exporter: url => otlpExporter(options(url, { compression: 'gzip' })) }))
describe('JSON', () =>
  exporterContract({ exporter: url => otlpExporter(options(url, { protocol: 'http/json' })) }))

describe('the request', () => {
  test('carries its length, type, user agent and the given headers', async () => {
    await using server = await answering(200)
    const exporter = otlpExporter(options(server.url, { headers: { authorization: 'Bearer abc' } }))
    await exporter.export(batchOf(logRecord()), never)
    const [request] = server.requests
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v1/logs',
      headers: {
        'content-length': String(request?.body.length),
        'content-type': 'application/x-protobuf',
        'user-agent': 'proofpoint-otel/1.2.3',
        authorization: 'Bearer abc',
      },
    })
    expect(request?.headers).not.toHaveProperty('content-encoding')
    expect(request?.headers).not.toHaveProperty('transfer-encoding')
    await exporter.close()
  })

  test('compressed with gzip unpacks to the request without it', async () => {
    await using server = await answering(200)
    const batch = batchOf(logRecord(), logRecord({ body: 'x'.repeat(10_000) }))
    for (const compression of ['none', 'gzip'] as const) {
      const exporter = otlpExporter(options(server.url, { compression }))
      expect(await exporter.export(batch, never)).toEqual({ status: 'accepted' })
      await exporter.close()
    }
    const [plain, packed] = server.requests
    expect(packed?.headers['content-encoding']).toBe('gzip')
    expect(packed?.headers['content-length']).toBe(String(packed?.body.length))
    expect(packed!.body.length).toBeLessThan(plain!.body.length / 10)
    expect(gunzipSync(packed!.body)).toEqual(plain!.body)
  })

  test('may be empty', async () => {
    await using server = await answering(200)
    const exporter = otlpExporter(options(server.url))
    expect(await exporter.export(batchOf(), never)).toEqual({ status: 'accepted' })
    expect(server.requests).toMatchObject([{ method: 'POST', headers: { 'content-length': '0' } }])
    await exporter.close()
  })

  test('uses the connections of earlier requests', async () => {
    await using server = await answering(200)
    const exporter = otlpExporter(options(server.url))
    for (let i = 0; i < 10; i++) await exporter.export(batchOf(logRecord()), never)
    // A connection is free a moment after its answer was read, so that a second one may be opened.
    expect(new Set(server.requests.map(({ port }) => port)).size).toBeLessThanOrEqual(2)
    await exporter.close()
  })

  test('uses no more connections than there are requests at once, however many there are in all', async () => {
    await using server = await serve(response => setTimeout(() => response.writeHead(200).end(), 5))
    const exporter = limited(otlpExporter(options(server.url)), 4)
    await Promise.all(Array.from({ length: 200 }, () => exporter.export(batchOf(logRecord()), never)))
    expect(server.requests).toHaveLength(200)
    // As above: for a moment each may have a second one.
    expect(new Set(server.requests.map(({ port }) => port)).size).toBeLessThanOrEqual(2 * 4)
  })
})

describe('the reason', () => {
  test('never repeats a header, even if the server does', async () => {
    await using server = await answering(401, {}, 'no such token: s3cr3t-t0k3n, in Bearer s3cr3t-t0k3n')
    const exporter = otlpExporter(options(server.url, { headers: { authorization: 'Bearer s3cr3t-t0k3n' } }))
    const outcome = await exporter.export(batchOf(logRecord()), never)
    expect(outcome).toEqual({ status: 'hold', reason: 'HTTP 401: no such token: ***, in ***' })
    await exporter.close()
  })

  test('of 503 is what the collector says', async () => {
    await using server = await answering(503, { 'content-type': 'text/plain' }, 'sending queue is full\n')
    const exporter = otlpExporter(options(server.url))
    const outcome = await exporter.export(batchOf(logRecord()), never)
    expect(outcome).toEqual({ status: 'retry', reason: 'HTTP 503: sending queue is full' })
    await exporter.close()
  })

  test('of a port that speaks no HTTP names the likely mistake', async () => {
    await using server = await speakingNoHttp()
    const exporter = otlpExporter(options(server.url))
    const outcome = await exporter.export(batchOf(logRecord()), never)
    expect(outcome).toMatchObject({ status: 'hold', reason: expect.stringContaining('gRPC') })
    await exporter.close()
  })
})

test('a connection that is reset in the middle of a good answer is tried again', async () => {
  await using server = await serve(resetMidAnswer)
  const exporter = otlpExporter(options(server.url))
  expect(await exporter.export(batchOf(logRecord()), never)).toMatchObject({ status: 'retry' })
  await exporter.close()
})

test('a connection that is reset in the middle of a request is tried again', async () => {
  await using server = await resettingMidRequest()
  const exporter = otlpExporter(options(server.url, { timeoutMs: 10_000 }))
  const large = logRecord({ body: 'x'.repeat(8_000_000) })
  expect(await exporter.export(batchOf(large), never)).toMatchObject({ status: 'retry' })
  await exporter.close()
})

test.each([
  ['gzip', gzipSync('{"partialSuccess":{}}'), { status: 'accepted' }],
  ['gzip', gzipSync('{"partialSuccess":{"rejectedLogRecords":"1"}}'), { status: 'partial', rejected: 1 }],
  ['gzip', gzipSync(`{}${' '.repeat(2 ** 21)}`), { status: 'hold' }],
  ['gzip', Buffer.from('no gzip'), { status: 'hold' }],
  ['br', Buffer.from('8b0a80', 'hex'), { status: 'hold', reason: expect.stringContaining('encoding') }],
])(
  'an answer that a proxy compressed (%s, case %#) is read for what it says',
  async (encoding, body, outcome) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
    await using server = await answering(200, headers, body)
    const exporter = otlpExporter(options(server.url))
    expect(await exporter.export(batchOf(logRecord()), never)).toMatchObject(outcome)
    await exporter.close()
  },
)

test('records that cannot be encoded are refused', async () => {
  await using server = await answering(200)
  const exporter = otlpExporter(options(server.url))
  const broken: Batch = {
    size: 1,
    [Symbol.iterator]() {
      throw new Error('no such record')
    },
  }
  expect(await exporter.export(broken, never)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('no such record'),
  })
  expect(server.requests).toHaveLength(0)
  await exporter.close()
})
