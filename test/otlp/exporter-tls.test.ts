import { createServer } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OtlpOptions, otlpExporter } from '../../src/otlp/exporter.ts'
import type { Outcome } from '../../src/pipeline.ts'
import { type CertificateAuthority, certificateAuthority } from '../support/certificates.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { batchOf, logRecord } from '../support/log-records.ts'
import { listen, type ReceivedRequest, receiver } from '../support/otlp-fault-servers.ts'

const TIMEOUT_MS = 5_000

type Listening = Awaited<ReturnType<typeof listen>>
let authority: CertificateAuthority
let stranger: CertificateAuthority
/** Demands a client certificate of the authority. */
let mutual: Listening
/** Demands none. */
let simple: Listening
const requests: ReceivedRequest[] = []

beforeAll(async () => {
  authority = certificateAuthority('Test CA')
  stranger = certificateAuthority('Another CA')
  const answer = receiver(requests, response => response.end())
  const own = authority.issue('collector')
  simple = await listen(createServer(own, answer), 'https')
  mutual = await listen(
    createServer({ ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true }, answer),
    'https',
  )
})
afterAll(async () => {
  await simple[Symbol.asyncDispose]()
  await mutual[Symbol.asyncDispose]()
})

async function send(
  to: { origin: string },
  tls: OtlpOptions['tls'],
  proxies: OtlpOptions['proxies'] = {},
  length = 10,
): Promise<Outcome> {
  const exporter = otlpExporter({
    url: `${to.origin}/v1/logs`,
    headers: {},
    timeoutMs: TIMEOUT_MS,
    compression: 'none',
    protocol: 'http/protobuf',
    proxies,
    version: '1.2.3',
    ...(tls && { tls }),
  })
  try {
    return await exporter.export(
      batchOf(logRecord({ body: 'x'.repeat(length) })),
      new AbortController().signal,
    )
  } finally {
    await exporter.close()
  }
}

test('a collector whose certificate the given CA signed is trusted', async () => {
  expect(await send(simple, { ca: authority.cert })).toEqual({ status: 'accepted' })
})

test('a collector of another CA holds, and the reason says that the certificate is to blame', async () => {
  for (const tls of [{ ca: stranger.cert }, undefined]) {
    expect(await send(simple, tls)).toMatchObject({
      status: 'hold',
      reason: expect.stringMatching(/TLS handshake failed.*certificate/),
    })
  }
})

test('a client certificate that is demanded is given', async () => {
  expect(await send(mutual, { ca: authority.cert, ...authority.issue('worker') })).toEqual({
    status: 'accepted',
  })
})

test('a client certificate that is lacking or of another CA is tried again, and the reason asks for it', async () => {
  const before = requests.length
  for (const client of [{}, stranger.issue('worker')]) {
    expect(await send(mutual, { ca: authority.cert, ...client })).toMatchObject({
      status: 'retry',
      reason: expect.stringContaining('does it demand a client certificate?'),
    })
  }
  expect(requests).toHaveLength(before)
})

test('a server without TLS behind https:// holds, as an endpoint to be mended and no certificate', async () => {
  await using proxy = await connectProxy()
  expect(await send({ origin: `https://127.0.0.1:${proxy.port}` }, { ca: authority.cert })).toEqual({
    status: 'hold',
    reason: 'the port speaks no TLS: write http:// in place of https://',
  })
})

test.each([10, 3_000_000])('a server with TLS behind http:// is asked about for %i bytes', async length => {
  const outcome = await send({ origin: simple.origin.replace('https', 'http') }, undefined, {}, length)
  expect(outcome).toMatchObject({
    status: 'retry',
    reason: expect.stringMatching(/does (it|the port) speak TLS/),
  })
})

test('the certificates are used through a proxy too', async () => {
  await using proxy = await connectProxy()
  const proxies = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
  expect(await send(mutual, { ca: authority.cert, ...authority.issue('worker') }, proxies)).toEqual({
    status: 'accepted',
  })
  expect(await send(simple, { ca: stranger.cert }, proxies)).toMatchObject({ status: 'hold' })
  expect(proxy.tunnels).toHaveLength(2)
})

test('a proxy that refuses holds, and the reason tells its status', async () => {
  for (const refuseWith of [403, 407]) {
    await using proxy = await connectProxy({ refuseWith })
    const outcome = await send(
      simple,
      { ca: authority.cert },
      { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${proxy.port}` },
    )
    expect(outcome).toMatchObject({
      status: 'hold',
      reason: expect.stringMatching(new RegExp(`proxy.*${refuseWith}`)),
    })
    expect(JSON.stringify(outcome)).not.toContain('hunter2')
  }
})

test('a proxy that cannot reach the collector is tried again', async () => {
  await using proxy = await connectProxy({ refuseWith: 502 })
  const outcome = await send(
    simple,
    { ca: authority.cert },
    { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
  )
  expect(outcome).toMatchObject({ status: 'retry', reason: expect.stringContaining('502') })
})

test('a proxy that cannot be reached is tried again, and the reason names the proxy', async () => {
  const proxies = { HTTPS_PROXY: 'http://user:hunter2@127.0.0.1:9' }
  expect(await send(simple, { ca: authority.cert }, proxies)).toEqual({
    status: 'retry',
    reason: 'no answer: 127.0.0.1: the proxy cannot be reached (ECONNREFUSED 127.0.0.1:9)',
  })
})

test('a proxy that speaks no TLS behind https:// holds, as a failure of the proxy', async () => {
  await using proxy = await connectProxy()
  const proxies = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` }
  expect(await send(simple, { ca: authority.cert }, proxies)).toEqual({
    status: 'hold',
    because: 'proxy',
    reason: `the proxy 127.0.0.1:${proxy.port} speaks no TLS: write http:// before it, in place of https://`,
  })
})

test('a proxy that never answers is given up after the time-out', async () => {
  await using proxy = await connectProxy({ silent: true })
  const exporter = otlpExporter({
    url: `${simple.origin}/v1/logs`,
    headers: {},
    timeoutMs: 200,
    compression: 'none',
    protocol: 'http/json',
    proxies: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
    version: '1.2.3',
  })
  const outcome = await exporter.export(batchOf(logRecord()), new AbortController().signal)
  expect(outcome).toEqual({ status: 'retry', reason: 'no answer in 0.2 s' })
  await exporter.close()
})
