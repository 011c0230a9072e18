/** The paired Collector itself: what its answers mean, on the real binary with otel-collector.yaml as it is shipped. */
import { execFile, execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Agent, request } from 'undici'
import { afterAll, expect, test } from 'vitest'
import { collectorBinary } from '../../scripts/collector-build.ts'
import { type Collector, optionalLines, startCollector, switchOn } from '../support/collector.ts'

const shipped = join(import.meta.dirname, '../../otel-collector.yaml')
const directory = mkdtempSync(join(tmpdir(), 'otelcol-test-'))
afterAll(() => rmSync(directory, { recursive: true }))

const ARRIVAL = { timeout: 20_000, interval: 50 }

interface Sent {
  readonly body: string
  readonly attributes?: readonly unknown[]
}

const logsRequest = (records: readonly Sent[]): string =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'proofpoint-on-demand' } }] },
        scopeLogs: [
          {
            scope: { name: 'proofpoint-otel', version: '1.2.3' },
            logRecords: records.map(({ body, attributes = [] }) => ({
              eventName: 'proofpoint.pod.message',
              timeUnixNano: '1790000000123456789',
              observedTimeUnixNano: '1790000001000000000',
              severityNumber: 9,
              severityText: 'INFO',
              body: { stringValue: body },
              attributes,
            })),
          },
        ],
      },
    ],
  })

/** Sends one request as JSON; gives the status and the answer's text. */
async function send(collector: Collector, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${collector.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  return { status: answer.status, text: await answer.text() }
}

/** Sends `count` requests of one record each, all of which must be acknowledged; gives their bodies. */
async function sendEach(collector: Collector, count: number): Promise<string[]> {
  const bodies = Array.from({ length: count }, () => randomUUID())
  for (const body of bodies)
    expect(await send(collector, logsRequest([{ body }]))).toMatchObject({ status: 200 })
  return bodies
}

const distinctBodies = (collector: Collector) =>
  [...new Set(collector.records().map(({ body }) => body))].sort()

async function validate(config: string, env: Record<string, string>): Promise<string> {
  const run = promisify(execFile)(await collectorBinary(), ['validate', '--config', config], { env })
  return run.then(
    () => 'valid',
    (error: { stderr: string }) => error.stderr,
  )
}

test('otel-collector.yaml is valid with nothing but the address of the gateway', async () => {
  expect(await validate(shipped, { OTELCOL_GATEWAY_URL: 'https://gateway.example:4318' })).toBe('valid')
})

test('otel-collector.yaml is refused without a gateway', async () => {
  expect(await validate(shipped, {})).toContain('at least one endpoint must be specified')
})

test('otel-collector.yaml is valid with all its optional lines, and has no others', async () => {
  const all = join(directory, 'all.yaml')
  const text = switchOn(readFileSync(shipped, 'utf8'), optionalLines)
  writeFileSync(all, text)
  expect(text).not.toMatch(/^\s*#[a-z-]+# /m)
  expect(await validate(all, { OTELCOL_GATEWAY_URL: 'https://gateway.example:4318' })).toBe('valid')
})

test('An empty request is accepted and leaves nothing in the ledger', async () => {
  await using collector = await startCollector()
  expect(await send(collector, '{}')).toEqual({ status: 200, text: '{"partialSuccess":{}}' })
  await sendEach(collector, 1)
  await expect.poll(() => collector.records(), ARRIVAL).toHaveLength(1)
})

test('A record arrives in the ledger with its event name, resource, scope, times and typed values', async () => {
  await using collector = await startCollector()
  const attributes = [
    { key: 'int', value: { intValue: '9007199254740993' } },
    { key: 'double', value: { doubleValue: 2 } },
    { key: 'bool', value: { boolValue: false } },
    { key: 'bytes', value: { bytesValue: 'AAE=' } },
    { key: 'strings', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: '' }] } } },
    { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { intValue: '0' } }] } } },
    { key: 'empty', value: {} },
  ]
  expect(await send(collector, logsRequest([{ body: 'naïve ✉', attributes }]))).toMatchObject({ status: 200 })
  await expect
    .poll(() => collector.records(), ARRIVAL)
    .toStrictEqual([
      {
        resource: { 'service.name': 'proofpoint-on-demand' },
        scope: { name: 'proofpoint-otel', version: '1.2.3', attributes: {} },
        eventName: 'proofpoint.pod.message',
        timeUnixNano: '1790000000123456789',
        observedTimeUnixNano: '1790000001000000000',
        severityNumber: 9,
        severityText: 'INFO',
        body: 'naïve ✉',
        attributes: {
          int: 9007199254740993n,
          double: 2,
          bool: false,
          bytes: Buffer.from([0, 1]),
          strings: ['a', ''],
          map: { k: 0n },
          empty: undefined,
        },
      },
    ])
})

test('A request over the size limit is answered with 400 and the words "too large"', async () => {
  await using collector = await startCollector({ env: { OTELCOL_MAX_REQUEST_BYTES: '10000' } })
  const answer = await send(collector, logsRequest([{ body: 'x'.repeat(10_000) }]))
  expect(answer).toEqual({ status: 400, text: expect.stringContaining('request body too large') })
  expect(await send(collector, logsRequest([{ body: 'x'.repeat(5_000) }]))).toMatchObject({ status: 200 })
})

test('A full batch of 10 MB as JSON is under the size limit as it stands', async () => {
  await using collector = await startCollector()
  expect(await send(collector, logsRequest([{ body: 'x'.repeat(10_000_000) }]))).toMatchObject({
    status: 200,
  })
})

test('With the token lines on, a request without the token is answered with 401', async () => {
  await using collector = await startCollector({ optional: ['token'] })
  expect(await send(collector, '{}')).toMatchObject({ status: 401 })
  expect(await send(collector, '{}', { authorization: 'Bearer wrong' })).toMatchObject({ status: 401 })
  expect(await send(collector, '{}', { authorization: `Bearer ${collector.token}` })).toMatchObject({
    status: 200,
  })
})

test('With the gateway-token lines on, the gateway is shown its token', async () => {
  await using gateway = await startCollector({ optional: ['token'] })
  const tokenFile = join(directory, 'gateway-token')
  writeFileSync(tokenFile, gateway.token)
  await using collector = await startCollector({
    optional: ['gateway-token'],
    env: { OTELCOL_GATEWAY_URL: gateway.url, OTELCOL_GATEWAY_TOKEN_FILE: tokenFile },
  })
  const bodies = await sendEach(collector, 1)
  await expect.poll(() => distinctBodies(gateway), ARRIVAL).toEqual(bodies)
})

test('With the tls and client-ca lines on, only a client with a certificate is answered', async () => {
  const [certificate, key] = [join(directory, 'tls.crt'), join(directory, 'tls.key')]
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
  const subject = ['-subj', '/CN=collector', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...newKey, '-out', certificate, ...subject], { stdio: 'ignore' })
  await using collector = await startCollector({
    optional: ['tls', 'client-ca'],
    env: {
      OTELCOL_TLS_CERT_FILE: certificate,
      OTELCOL_TLS_KEY_FILE: key,
      OTELCOL_TLS_CLIENT_CA_FILE: certificate,
    },
  })
  const post = async (connect: { cert?: Buffer; key?: Buffer }) => {
    const dispatcher = new Agent({ connect: { ca: readFileSync(certificate), ...connect } })
    const headers = { 'content-type': 'application/json' }
    const answer = await request(`${collector.url}/v1/logs`, {
      dispatcher,
      method: 'POST',
      headers,
      body: '{}',
    })
    return answer.statusCode
  }
  expect(await post({ cert: readFileSync(certificate), key: readFileSync(key) })).toBe(200)
  await expect(post({})).rejects.toThrow(/certificate required|ECONNRESET|socket/i)
})

test('A full queue is answered with 503 instead of silence, and keeps what it acknowledged', async () => {
  await using gateway = await startCollector()
  await gateway.kill()
  await using collector = await startCollector({
    env: { OTELCOL_GATEWAY_URL: gateway.url, OTELCOL_QUEUE_BYTES: '20000' },
  })
  const acknowledged: string[] = []
  for (let i = 0; ; i++) {
    const body = `${i}`.padEnd(2_000, 'x')
    const { status, text } = await send(collector, logsRequest([{ body }]))
    if (status !== 200) {
      expect({ status, text }).toEqual({ status: 503, text: expect.stringContaining('queue is full') })
      break
    }
    acknowledged.push(body)
  }
  await gateway.restart()
  await expect.poll(() => distinctBodies(gateway), ARRIVAL).toEqual(acknowledged.sort())
})

test('What was acknowledged while the gateway was away survives SIGKILL and arrives when it is back', async () => {
  await using gateway = await startCollector()
  await gateway.kill()
  await using collector = await startCollector({ env: { OTELCOL_GATEWAY_URL: gateway.url } })
  const bodies = await sendEach(collector, 40)
  await collector.kill()
  await collector.restart()
  expect(gateway.records()).toEqual([])
  await gateway.restart()
  await expect.poll(() => distinctBodies(gateway), ARRIVAL).toEqual(bodies.sort())
})

test('A SIGKILL of Collector and ledger between two acknowledgements takes none of them', async () => {
  await using collector = await startCollector()
  const bodies: string[] = []
  for (let round = 0; round < 3; round++) {
    bodies.push(...(await sendEach(collector, 20 * (round + 1))))
    await collector.kill()
    await collector.restart()
  }
  await expect.poll(() => distinctBodies(collector), ARRIVAL).toEqual(bodies.sort())
})
