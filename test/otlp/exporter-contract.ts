/** What every exporter behind our interface owes: one test a behaviour of the collector. */
import { expect, test } from 'vitest'
import type { Exporter, Outcome } from '../../src/pipeline.ts'
import { batchOf, logRecord } from '../support/log-records.ts'
import {
  answerEndlessly,
  answering,
  closeAfterHead,
  drip,
  type FaultServer,
  hang,
  nobody,
  reset,
  serve,
} from '../support/otlp-fault-servers.ts'

export const TIMEOUT_MS = 400

const json = { 'content-type': 'application/json' }
const protobuf = { 'content-type': 'application/x-protobuf' }
const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString()

interface Behaviour {
  readonly server: () => Promise<FaultServer>
  /** What the outcome must have; more is allowed. */
  readonly outcome: { readonly [K in 'status' | 'rejected' | 'reason' | 'afterMs']?: unknown }
}

const QUARTER_HOUR_MS = 15 * 60_000

export const behaviours = {
  'an empty answer of 200 is an acceptance': {
    server: () => answering(200),
    outcome: { status: 'accepted' },
  },
  'an empty partialSuccess is an acceptance': {
    server: () => answering(200, json, '{"partialSuccess":{}}'),
    outcome: { status: 'accepted' },
  },
  'a warning without rejections is an acceptance': {
    server: () => answering(200, json, '{"partialSuccess":{"errorMessage":"please upgrade"}}'),
    outcome: { status: 'accepted' },
  },
  'rejected records in JSON make a partial success': {
    server: () =>
      answering(200, json, '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}'),
    outcome: { status: 'partial', rejected: 2, reason: 'too old' },
  },
  'rejected records in protobuf make a partial success': {
    server: () => answering(200, protobuf, Buffer.from('0a0c08ac021207746f6f206f6c64', 'hex')),
    outcome: { status: 'partial', rejected: 300, reason: 'too old' },
  },
  'an HTML page with 200 holds': {
    server: () => answering(200, { 'content-type': 'text/html' }, '<html><body>Please log in</body></html>'),
    outcome: { status: 'hold', reason: expect.stringContaining('HTML') },
  },
  '400 refuses the batch': {
    server: () => answering(400, json, '{"code":3,"message":"invalid UTF-8"}'),
    outcome: { status: 'refused', reason: 'HTTP 400: invalid UTF-8' },
  },
  '413 says that the batch is too large': {
    server: () => answering(413),
    outcome: { status: 'too large' },
  },
  '400 with the text of a body limit says that the batch is too large': {
    server: () => answering(400, { 'content-type': 'text/plain' }, 'http: request body too large'),
    outcome: { status: 'too large' },
  },
  '401 holds': {
    server: () => answering(401, json, '{"code":16,"message":"missing bearer token"}'),
    outcome: { status: 'hold', reason: 'HTTP 401: missing bearer token' },
  },
  '403 holds': {
    server: () => answering(403, json, '{"code":7,"message":"Permanent error: forbidden"}'),
    outcome: { status: 'hold', reason: 'HTTP 403: Permanent error: forbidden' },
  },
  '405 holds': {
    server: () => answering(405, { 'content-type': 'text/plain' }, '405 method not allowed'),
    outcome: { status: 'hold' },
  },
  '415 holds': {
    server: () => answering(415, { 'content-type': 'text/plain' }, '415 unsupported media type'),
    outcome: { status: 'hold' },
  },
  '404 holds': {
    server: () => answering(404, { 'content-type': 'text/plain' }, '404 page not found'),
    outcome: { status: 'hold', reason: 'HTTP 404: 404 page not found' },
  },
  '500 holds': {
    server: () => answering(500),
    outcome: { status: 'hold' },
  },
  'a redirect is not followed and holds': {
    server: () => answering(307, { location: '/elsewhere' }),
    outcome: { status: 'hold' },
  },
  '408 is tried again': {
    server: () => answering(408),
    outcome: { status: 'retry' },
  },
  '429 with Retry-After in seconds is tried again after them': {
    server: () => answering(429, { 'retry-after': '7' }),
    outcome: { status: 'retry', afterMs: 7_000 },
  },
  '429 with Retry-After as a date is tried again after a quarter of an hour at most': {
    server: () => answering(429, { 'retry-after': inAnHour() }),
    outcome: { status: 'retry', afterMs: QUARTER_HOUR_MS },
  },
  '502 is tried again': {
    server: () => answering(502),
    outcome: { status: 'retry' },
  },
  '504 is tried again': {
    server: () => answering(504),
    outcome: { status: 'retry' },
  },
  '503 is tried again': {
    server: () => answering(503, { 'content-type': 'text/plain' }, 'sending queue is full'),
    outcome: { status: 'retry' },
  },
  'a collector that never answers is tried again': {
    server: () => serve(hang),
    outcome: { status: 'retry', reason: expect.stringContaining('no answer') },
  },
  'a connection that is reset is tried again': {
    server: () => serve(reset),
    outcome: { status: 'retry' },
  },
  'a connection that is closed after the head of a good answer is tried again': {
    server: () => serve(closeAfterHead),
    outcome: { status: 'retry' },
  },
  'a good answer that comes too slowly is tried again': {
    server: () => serve(drip(TIMEOUT_MS / 8)),
    outcome: { status: 'retry', reason: expect.stringContaining('no answer') },
  },
  'an answer that never ends holds': {
    server: () => serve(answerEndlessly),
    outcome: { status: 'hold', reason: expect.stringContaining('endless') },
  },
  'a connection that is refused is tried again': {
    server: nobody,
    outcome: { status: 'retry', reason: expect.stringContaining('ECONNREFUSED') },
  },
} satisfies Record<string, Behaviour>

export type BehaviourName = keyof typeof behaviours

/** What an exporter does otherwise, and why that is known. */
export type Differences = Readonly<
  Partial<Record<BehaviourName, { readonly why: string; readonly outcome: Partial<Outcome> }>>
>

export interface ContractOptions {
  readonly exporter: (url: string) => Exporter
  readonly differences?: Differences
}

export function exporterContract({ exporter: open, differences = {} }: ContractOptions): void {
  for (const [name, behaviour] of Object.entries(behaviours)) {
    const difference = differences[name as BehaviourName]
    test(difference ? `differs where ${name}: ${difference.why}` : name, async () => {
      await using server = await behaviour.server()
      const exporter = open(server.url)
      const outcome = await exporter.export(batchOf(logRecord()), new AbortController().signal)
      expect(outcome).toMatchObject(difference?.outcome ?? behaviour.outcome)
      if (difference) expect(outcome).not.toMatchObject(behaviour.outcome)
      expect(server.requests.every(({ path }) => path === '/v1/logs')).toBe(true)
      await exporter.close()
    })
  }

  test('an abort during the export is thrown', async () => {
    await using server = await serve(hang)
    const exporter = open(server.url)
    const abort = new AbortController()
    const exporting = exporter.export(batchOf(logRecord()), abort.signal)
    await expect.poll(() => server.requests.length).toBe(1)
    const reason = new Error('stopping')
    abort.abort(reason)
    await expect(exporting).rejects.toBe(reason)
    await exporter.close()
  })

  test('an abort before the export is thrown, and nothing is sent', async () => {
    await using server = await answering(200)
    const exporter = open(server.url)
    const aborted = AbortSignal.abort(new Error('stopping'))
    await expect(exporter.export(batchOf(logRecord()), aborted)).rejects.toThrow('stopping')
    expect(server.requests).toHaveLength(0)
    await exporter.close()
  })
}
