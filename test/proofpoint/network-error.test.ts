import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { KnownError } from '../../src/errors.ts'
import { networkError } from '../../src/proofpoint/network-error.ts'
import { dispatcher, type ProxySettings, type TlsFiles, webSocketAgent } from '../../src/proxy.ts'
import { certificateAuthority } from '../support/certificates.ts'
import { connectProxy } from '../support/connect-proxy.ts'

const HOST = '127.0.0.1'
const PASSWORD = 'pr0xy-pa55word'
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>(listening => server.listen(0, HOST, listening))
  cleanUps.push(() => new Promise(closed => server.close(closed)))
  return (server.address() as AddressInfo).port
}

/** A server that takes connections and says nothing. */
const silent = () => createServer(socket => void cleanUps.push(() => socket.destroy()))

async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise(closed => server.close(closed))
  cleanUps.pop()
  return port
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const form = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  execFileSync('openssl', ['req', '-x509', ...form, '-subj', '/CN=other', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

/** How a request by undici fails. */
async function requested(url: string, proxies: ProxySettings = {}, tls: TlsFiles = {}): Promise<KnownError> {
  const connections = dispatcher({ url, proxies, tls })
  cleanUps.push(() => connections.destroy())
  const cause = await request(url, { dispatcher: connections, headersTimeout: 100 }).then(
    () => expect.fail('the request succeeded'),
    (error: unknown) => error,
  )
  return networkError(cause, new URL(url).hostname)
}

/** How a WebSocket fails. */
async function connected(url: string, proxies: ProxySettings = {}): Promise<KnownError> {
  const agent = webSocketAgent(url, proxies)
  const socket = new WebSocket(url, { handshakeTimeout: 200, ...(agent && { agent }) })
  const cause = await new Promise<unknown>(failed => socket.on('error', failed))
  return networkError(cause, new URL(url).hostname)
}

for (const [by, fail, scheme] of [
  ['a request', requested, 'http'],
  ['a WebSocket', connected, 'ws'],
] as const) {
  test(`${by} to a name that cannot be resolved is a DNS failure`, async () => {
    expect(await fail(`${scheme}://nothing.invalid/`)).toMatchObject({
      code: 'dns-failure',
      message: expect.stringMatching(/^nothing\.invalid cannot be resolved \((ENOTFOUND|EAI_AGAIN)\)$/),
    })
  })

  test(`${by} to a closed port is a connect failure that names the address`, async () => {
    const port = await closedPort()
    expect(await fail(`${scheme}://${HOST}:${port}/`)).toMatchObject({
      code: 'connect-failure',
      message: `${HOST}: ECONNREFUSED ${HOST}:${port}`,
    })
  })

  test(`${by} with TLS to a plain server is a TLS failure`, async () => {
    const port = await listen(createHttpServer())
    expect((await fail(`${scheme}s://${HOST}:${port}/`)).code).toBe('tls-failure')
  })

  test(`${by} to a server with a self-signed certificate is a TLS failure`, async () => {
    const port = await listen(createHttpsServer(selfSigned()))
    expect(await fail(`${scheme}s://${HOST}:${port}/`)).toMatchObject({
      code: 'tls-failure',
      message: expect.stringMatching(/self.signed certificate/),
    })
  })

  test(`${by} to a server that says nothing is a connect time-out`, async () => {
    const port = await listen(silent())
    expect((await fail(`${scheme}://${HOST}:${port}/`)).code).toBe('connect-timeout')
  })

  test(`${by} to a server that hangs up is a connect failure`, async () => {
    const port = await listen(createServer(socket => socket.destroy()))
    expect((await fail(`${scheme}://${HOST}:${port}/`)).code).toBe('connect-failure')
  })
}

for (const [by, fail, url] of [
  ['a request', requested, 'https://tap.example/'],
  ['a request without TLS', requested, 'http://tap.example/'],
  ['a WebSocket', connected, 'wss://pod.example/'],
] as const) {
  const { hostname, protocol } = new URL(url)
  const proxied = (proxy: string): ProxySettings =>
    protocol === 'http:' ? { HTTP_PROXY: proxy } : { HTTPS_PROXY: proxy }

  test(`${by} by a proxy where nobody listens is a proxy failure`, async () => {
    const port = await closedPort()
    expect(await fail(url, proxied(`http://user:${PASSWORD}@${HOST}:${port}`))).toMatchObject({
      code: 'proxy-failure',
      message: `${hostname}: the proxy cannot be reached (ECONNREFUSED ${HOST}:${port})`,
    })
  })

  test(`${by} by a proxy whose name cannot be resolved is a proxy failure`, async () => {
    expect(await fail(url, proxied(`http://user:${PASSWORD}@proxy.invalid:3128`))).toMatchObject({
      code: 'proxy-failure',
      message: expect.stringMatching(/^the proxy's name proxy\.invalid cannot be resolved/),
    })
  })
}

test('a proxy that refuses is a proxy failure with its status and without its password', async () => {
  const proxy = createHttpServer().on('connect', (_request, socket) =>
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
  )
  const port = await listen(proxy)
  const error = await requested('https://tap.example/', {
    HTTPS_PROXY: `http://user:${PASSWORD}@${HOST}:${port}`,
  })
  expect(error).toMatchObject({ code: 'proxy-refused', message: 'tap.example: the proxy answered HTTP 407' })
})

test('a proxy that hangs up is a proxy failure, for requests and WebSockets', async () => {
  const port = await listen(createServer(socket => socket.once('data', () => socket.end())))
  const proxies = { HTTPS_PROXY: `http://user:${PASSWORD}@${HOST}:${port}` }
  const errors = [
    await requested('https://tap.example/', proxies),
    await connected('wss://pod.example/', proxies),
  ]
  expect(errors.map(({ code }) => code)).toEqual(['proxy-failure', 'proxy-failure'])
  for (const { message } of errors) {
    expect(message).toMatch(/: the proxy broke the connection \(.+\)$/)
    expect(message).not.toContain(PASSWORD)
  }
})

test('a proxy that answers no CONNECT is a proxy failure', { timeout: 20_000 }, async () => {
  await using proxy = await connectProxy({ silent: true })
  const error = await requested('https://tap.example/', { HTTPS_PROXY: `http://${HOST}:${proxy.port}` })
  expect(error).toMatchObject({
    code: 'proxy-failure',
    message: `the proxy ${HOST}:${proxy.port} opened no tunnel to tap.example (Headers Timeout Error (UND_ERR_HEADERS_TIMEOUT))`,
  })
})

test('a host that does not answer behind a good proxy is a connect time-out', async () => {
  await using proxy = await connectProxy()
  const authority = certificateAuthority('Test CA')
  const port = await listen(createHttpsServer(authority.issue('tap'), () => {}))
  const proxies = { HTTPS_PROXY: `http://${HOST}:${proxy.port}` }
  expect(await requested(`https://${HOST}:${port}/`, proxies, { ca: authority.cert })).toMatchObject({
    code: 'connect-timeout',
    message: `${HOST} did not answer in time (Headers Timeout Error)`,
  })
  expect(proxy.tunnels).toHaveLength(1)
})

test('the host may be given with its port', () => {
  const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', hostname: 'pod.example' })
  expect(networkError(cause, 'pod.example:443').code).toBe('dns-failure')
})

test('an error of no known kind keeps one short line and loses the credentials in it', () => {
  const cause = new Error(`no way\nto http://user:${PASSWORD}@proxy.example:3128 ${'x'.repeat(500)}`)
  const { code, message } = networkError(new Error('fetch failed', { cause }), 'tap.example')
  expect(code).toBe('connect-failure')
  expect(message).toMatch(/^tap\.example: no way to http:\/\/proxy\.example:3128 x+$/)
  expect(message.length).toBe(200)
})

test('what is not an error is a connect failure too', () => {
  for (const cause of [undefined, null, 'text', 7]) {
    expect(networkError(cause, 'tap.example')).toMatchObject({
      code: 'connect-failure',
      message: 'tap.example: no reason was given',
    })
  }
})
