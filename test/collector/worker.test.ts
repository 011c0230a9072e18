/** The worker and the real Collector: what Proofpoint sent is what stands in the ledger. */
import { describe, expect, it, test } from 'vitest'
import { createMapper, mapperDefaults } from '../../src/mapping/mapper.ts'
import { otlpExporter } from '../../src/otlp/exporter.ts'
import { origins } from '../../src/otlp/resource.ts'
import { type Batch, kinds, type LogRecord, type RawEvent } from '../../src/pipeline.ts'
import { type StreamName, streamsOf } from '../../src/simulator/streams.ts'
import { goldenCases } from '../mapping/golden-cases.ts'
import { startCollector } from '../support/collector.ts'
import { logOf, simulated, stateDirectory, worker } from '../support/worker.ts'

const soon = { timeout: 30_000, interval: 100 }
const rates = {
  message: 50,
  maillog: 50,
  audit: 5,
  messagesDelivered: 0.02,
  messagesBlocked: 0.02,
  clicksPermitted: 0.02,
  clicksBlocked: 0.02,
}
const never = new AbortController().signal

const mapperOf = (product: 'pod' | 'tap') =>
  createMapper({
    origin: origins({
      product,
      account: 'example_hosted',
      version: '0.0.0',
      attributes: { 'deployment.environment.name': 'test' },
    }),
    ...mapperDefaults,
    attributes: 'full',
  })

const kindOf: Readonly<Record<StreamName, RawEvent['kind']>> = {
  message: 'pod.message',
  maillog: 'pod.maillog',
  audit: 'pod.audit',
  messagesDelivered: 'tap.message.delivered',
  messagesBlocked: 'tap.message.blocked',
  clicksPermitted: 'tap.click.permitted',
  clicksBlocked: 'tap.click.blocked',
}

/** The golden cases and some hundred simulated records of every kind, with all their quirks. */
function recordsOfAllKinds(): LogRecord[] {
  const streams = streamsOf(7, 'example_hosted', rates)
  const at = Date.parse('2026-11-22T10:00:00Z')
  const simulated = Object.entries({ ...streams.pod, ...streams.tap }).flatMap(([name, stream]) => {
    const first = stream.first(at)
    return Array.from({ length: 60 }, (_, i) => ({
      kind: kindOf[name as StreamName],
      bytes: Buffer.from(JSON.stringify(stream.record(first + i))),
      observedAt: at + i,
    }))
  })
  const golden = goldenCases.map(({ kind, source }) => ({ kind, bytes: source, observedAt: at }))
  const mappers = { pod: mapperOf('pod'), tap: mapperOf('tap') }
  return [...golden, ...simulated].map(event =>
    mappers[event.kind.startsWith('pod') ? 'pod' : 'tap'].map(event),
  )
}

const batch = (records: readonly LogRecord[]): Batch => ({
  size: records.length,
  [Symbol.iterator]: () => records.values(),
})

/** Golden cases of one event share its uid. */
const keyOf = (uid: unknown, body: unknown): string => `${uid} ${body}`

/** The wire's types, from what the mapper made: integers are int64, everything else stays what it is. */
const asOnTheWire = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asOnTheWire)
  return typeof value === 'number' ? BigInt(value) : value
}
const nanos = ([seconds, rest]: readonly [number, number]) =>
  String(BigInt(seconds) * 1_000_000_000n + BigInt(rest))

describe('every kind', () => {
  const records = recordsOfAllKinds()
  const expected = new Map(
    records.map(record => [
      keyOf(record.uid, record.body),
      {
        eventName: record.eventName,
        timeUnixNano: nanos(record.hrTime),
        observedTimeUnixNano: nanos(record.hrTimeObserved),
        severityNumber: record.severityNumber,
        severityText: record.severityText,
        body: record.body,
        attributes: Object.fromEntries(
          Object.entries(record.attributes).map(([name, value]) => [name, asOnTheWire(value)]),
        ),
        resource: record.resource.attributes,
        scope: { name: record.instrumentationScope.name, version: record.instrumentationScope.version },
      },
    ]),
  )

  it.each([
    ['http/protobuf', 'none'],
    ['http/protobuf', 'gzip'],
    ['http/json', 'none'],
    ['http/json', 'gzip'],
  ] as const)('arrives with its content and types as %s, compression %s', async (protocol, compression) => {
    await using collector = await startCollector()
    const exporter = otlpExporter({
      url: `${collector.url}/v1/logs`,
      headers: {},
      timeoutMs: 10_000,
      compression,
      protocol,
      proxies: {},
      version: '0.0.0',
    })
    expect(await exporter.export(batch(records), never)).toEqual({ status: 'accepted' })
    await exporter.close()
    await expect.poll(() => collector.records().length, soon).toBe(records.length)
    const arrived = new Map(
      collector
        .records()
        .map(({ scope, ...record }) => [
          keyOf(record.attributes['log.record.uid'], record.body),
          { ...record, scope: { name: scope.name, version: scope.version } },
        ]),
    )
    expect([...expected.keys()].filter(key => !arrived.has(key))).toEqual([])
    for (const [key, record] of expected) expect(arrived.get(key)).toEqual(record)
    expect(new Set(collector.records().map(record => record.eventName))).toEqual(
      new Set(kinds.map(kind => `proofpoint.${kind}`)),
    )
  })
})

test('the Collector’s “too large” is understood: the batch is to be split, not given up', async () => {
  await using collector = await startCollector({ env: { OTELCOL_MAX_REQUEST_BYTES: '100000' } })
  const exporter = otlpExporter({
    url: `${collector.url}/v1/logs`,
    headers: {},
    timeoutMs: 10_000,
    compression: 'none',
    protocol: 'http/protobuf',
    proxies: {},
    version: '0.0.0',
  })
  const records = recordsOfAllKinds()
  expect(await exporter.export(batch(records), never)).toMatchObject({ status: 'too large' })
  expect(await exporter.export(batch(records.slice(0, 5)), never)).toEqual({ status: 'accepted' })
  await exporter.close()
})

test('a missing bearer token holds, is said with its remedy, and nothing is dropped', async () => {
  await using simulator = await running({ rates })
  await using collector = await startCollector({ optional: ['token'] })
  using state = stateDirectory()
  await using held = worker({ simulator, state: state.path, collector: collector.url })
  await expect
    .poll(() => logOf(held).find(line => line.msg.includes('takes no records'))?.msg, soon)
    .toMatch(/HTTP 401.*Nothing is given up.*_HEADERS/)
  expect(collector.records()).toEqual([])
  held.signal('SIGKILL')
  await held.ended
  const env = { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${collector.token}` }
  await using _mended = worker({ simulator, state: state.path, collector: collector.url, env })
  await expect.poll(() => collector.records().length, soon).toBeGreaterThan(0)
})

test('a collector killed with SIGKILL in the middle and started again has everything in the end', async () => {
  await using simulator = await running({ rates })
  await using collector = await startCollector()
  using state = stateDirectory()
  await using shipping = worker({ simulator, state: state.path, collector: collector.url })
  await expect.poll(() => collector.records().length, soon).toBeGreaterThan(200)
  await collector.kill()
  await expect.poll(() => shipping.err(), soon).toContain('takes no records')
  await collector.restart()
  await expect.poll(() => shipping.err(), soon).toContain('takes records again')
  shipping.signal('SIGTERM')
  expect(await shipping.ended).toBe(0)
  await expectEverything(simulator, collector)
})

test('SIGTERM under load: code 0 in time, and nothing that was read is undelivered', async () => {
  await using simulator = await running({ rates: { ...rates, message: 400, maillog: 400 } })
  await using collector = await startCollector()
  using state = stateDirectory()
  await using shipping = worker({
    simulator,
    state: state.path,
    collector: collector.url,
    env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
  })
  await expect.poll(() => collector.records().length, soon).toBeGreaterThan(1_000)
  shipping.signal('SIGTERM')
  // Code 0 is only given within the 25 s that the worker allows itself.
  expect(await shipping.ended).toBe(0)
  await expectEverything(simulator, collector)
})

/** Every PoD event that the server sent stands in the ledger: as often as it has distinct uids. */
async function expectEverything(
  simulator: Awaited<ReturnType<typeof simulated>>,
  collector: Awaited<ReturnType<typeof startCollector>>,
) {
  const distinct = (eventName: string) =>
    new Set(
      collector
        .records()
        .filter(record => record.eventName === eventName)
        .map(record => record.attributes['log.record.uid']),
    ).size
  for (const type of ['message', 'maillog', 'audit'] as const) {
    await expect.poll(() => distinct(`proofpoint.pod.${type}`), soon).toBe(simulator.ledger.sent[type].live)
  }
}

async function running(options: Parameters<typeof simulated>[0]) {
  const simulator = await simulated(options)
  return Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.close() })
}
