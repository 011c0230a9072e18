import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { Agent, ProxyAgent, request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import type { KnownError } from '../../src/errors.ts'
import { networkError } from '../../src/proofpoint/network-error.ts'

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
async function requested(url: string, dispatcher: Agent | ProxyAgent = new Agent()): Promise<KnownError> {
  cleanUps.push(() => dispatcher.destroy())
  const cause = await request(url, { dispatcher, headersTimeout: 100 }).then(
    () => expect.fail('the request succeeded'),
    (error: unknown) => error,
  )
  return networkError(cause, new URL(url).hostname)
}

/** How a WebSocket fails. */
async function connected(url: string, options: ClientOptions = {}): Promise<KnownError> {
  const socket = new WebSocket(url, { handshakeTimeout: 200, ...options })
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

test('a proxy that refuses is a proxy failure with its status and without its password', async () => {
  const proxy = createHttpServer().on('connect', (_request, socket) =>
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
  )
  const port = await listen(proxy)
  const error = await requested(
    'https://tap.example/',
    new ProxyAgent({ uri: `http://user:${PASSWORD}@${HOST}:${port}` }),
  )
  expect(error).toMatchObject({ code: 'proxy-refused', message: 'tap.example: the proxy answered HTTP 407' })
})

test('a proxy that hangs up is a proxy failure, for requests and WebSockets', async () => {
  const port = await listen(createServer(socket => socket.once('data', () => socket.end())))
  const proxy = `http://user:${PASSWORD}@${HOST}:${port}`
  const errors = [
    await requested('https://tap.example/', new ProxyAgent({ uri: proxy })),
    await connected('wss://pod.example/', { agent: new HttpsProxyAgent(proxy) }),
  ]
  expect(errors.map(({ code }) => code)).toEqual(['proxy-failure', 'proxy-failure'])
  expect(errors.map(({ message }) => message).join()).not.toContain(PASSWORD)
})

test('a proxy whose name cannot be resolved is a proxy failure', async () => {
  const proxy = `http://user:${PASSWORD}@proxy.invalid:3128`
  for (const error of [
    await requested('https://tap.example/', new ProxyAgent({ uri: proxy })),
    await connected('wss://pod.example/', { agent: new HttpsProxyAgent(proxy) }),
  ]) {
    expect(error).toMatchObject({
      code: 'proxy-failure',
      message: expect.stringMatching(/^the proxy's name proxy\.invalid cannot be resolved/),
    })
  }
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
