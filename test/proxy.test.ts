import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { KnownError } from '../src/errors.ts'
import { dispatcher, type ProxySettings, proxyFor, unusableProxies, webSocketAgent } from '../src/proxy.ts'
import { certificateAuthority } from './support/certificates.ts'
import { connectProxy, type ProxyFaults } from './support/connect-proxy.ts'
import { listen } from './support/otlp-fault-servers.ts'

const hello: RequestListener = (_, response) => response.end('hello')
const authority = certificateAuthority('Test CA')
const tls = { ca: authority.cert }

type Listening = Awaited<ReturnType<typeof listen>>
let plain: Listening
let secure: Listening

/** Serves `hello` and a WebSocket that sends `hello`. */
function peer(server: ReturnType<typeof createHttpServer>, scheme: 'http' | 'https') {
  new WebSocketServer({ server }).on('connection', socket => socket.send('hello'))
  return listen(server, scheme)
}

beforeAll(async () => {
  plain = await peer(createHttpServer(hello), 'http')
  secure = await peer(createHttpsServer(authority.issue('server'), hello), 'https')
})
afterAll(async () => {
  await plain[Symbol.asyncDispose]()
  await secure[Symbol.asyncDispose]()
})

async function get(url: string, proxies: ProxySettings): Promise<string> {
  const connections = dispatcher({ url, proxies, tls })
  try {
    const { body } = await request(url, { dispatcher: connections })
    return await body.text()
  } finally {
    await connections.destroy()
  }
}

async function hear(url: string, proxies: ProxySettings): Promise<string> {
  const agent = webSocketAgent(url, proxies)
  const socket = new WebSocket(url, { ...(agent && { agent }), ...tls })
  try {
    return await new Promise((resolve, reject) => {
      socket.once('message', data => resolve(String(data))).once('error', reject)
      socket.once('unexpected-response', (_, { statusCode }) =>
        reject(new Error(`the server answered ${statusCode}`)),
      )
    })
  } finally {
    socket.terminate()
  }
}

/** As NODE_EXTRA_CA_CERTS would, which is read when Node starts. */
function trusting(certificate: Buffer): Disposable {
  const before = getCACertificates()
  setDefaultCACertificates([...before, certificate])
  return { [Symbol.dispose]: () => setDefaultCACertificates(before) }
}

/** The ways out: each is tried alike, through a proxy for its scheme. */
const ways = [
  { name: 'https', reach: get, peerUrl: () => secure.origin, variable: 'HTTPS_PROXY' },
  { name: 'wss', reach: hear, peerUrl: () => secure.origin.replace('https', 'wss'), variable: 'HTTPS_PROXY' },
  { name: 'ws', reach: hear, peerUrl: () => plain.origin.replace('http', 'ws'), variable: 'HTTP_PROXY' },
] as const

describe.each(ways)('$name', ({ reach, peerUrl, variable }) => {
  const through = async (faults: ProxyFaults = {}) => connectProxy(faults)
  const hostOf = (url: string) => new URL(url).host

  test('goes through a tunnel of the proxy', async () => {
    await using proxy = await through()
    expect(await reach(peerUrl(), { [variable]: `http://127.0.0.1:${proxy.port}` })).toBe('hello')
    expect(proxy.tunnels).toEqual([hostOf(peerUrl())])
  })

  test('gives the proxy the user and password of its URL', async () => {
    await using proxy = await through({ credentials: 'user:p@ss' })
    expect(await reach(peerUrl(), { [variable]: `http://user:p%40ss@127.0.0.1:${proxy.port}` })).toBe('hello')
    expect(proxy.tunnels).toHaveLength(1)
  })

  test.each([
    ['without the credentials that it demands', { credentials: 'user:p@ss' }, /407/],
    ['that refuses the host', { refuseWith: 403 }, /403/],
  ])('fails at a proxy %s, and says so', async (_, faults, message) => {
    await using proxy = await through(faults)
    await expect(reach(peerUrl(), { [variable]: `http://127.0.0.1:${proxy.port}` })).rejects.toThrow(message)
    expect(proxy.tunnels).toEqual([])
  })

  test('goes through a proxy that speaks TLS, by its address too', async () => {
    using _ = trusting(authority.cert)
    await using proxy = await through({ tls: authority.issue('proxy') })
    for (const host of ['127.0.0.1', 'localhost'])
      expect(await reach(peerUrl(), { [variable]: `https://${host}:${proxy.port}` })).toBe('hello')
    expect(proxy.tunnels).toHaveLength(2)
  })

  test.each(['127.0.0.1', 'localhost'])('says that a proxy at https://%s speaks no TLS', async host => {
    await using proxy = await through()
    const reached = reach(peerUrl(), { [variable]: `https://user:p%40ss@${host}:${proxy.port}` })
    await expect(reached).rejects.toMatchObject({
      code: 'proxy-failure',
      message: `the proxy ${host}:${proxy.port} speaks no TLS: write http:// before it, in place of https://`,
    })
  })

  test('says of which proxy the certificate is not trusted', async () => {
    await using proxy = await through({ tls: authority.issue('proxy') })
    const reached = reach(peerUrl(), { [variable]: `https://127.0.0.1:${proxy.port}` })
    await expect(reached).rejects.toMatchObject({
      code: 'tls-failure',
      message: expect.stringMatching(`^the proxy 127.0.0.1:${proxy.port}: .*certificate`),
    })
  })

  test('goes past the proxy to a host of NO_PROXY', async () => {
    await using proxy = await through()
    const proxies = { [variable]: `http://127.0.0.1:${proxy.port}`, no_proxy: '127.0.0.1' }
    expect(await reach(peerUrl(), proxies)).toBe('hello')
    expect(proxy.tunnels).toEqual([])
  })
})

test('a WebSocket that the proxy refuses fails with an error of the proxy, not of the server', async () => {
  await using proxy = await connectProxy({ refuseWith: 403 })
  const reached = hear('wss://example.com/', { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
  await expect(reached).rejects.toBeInstanceOf(KnownError)
  await expect(reached).rejects.toMatchObject({
    code: 'proxy-refused',
    message: `the proxy 127.0.0.1:${proxy.port} answered HTTP 403 to CONNECT`,
  })
})

test('a plain http request is forwarded without a tunnel', async () => {
  await using proxy = await connectProxy({ credentials: 'user:pass' })
  const url = `${plain.origin}/v1/logs`
  expect(await get(url, { HTTP_PROXY: `http://user:pass@127.0.0.1:${proxy.port}` })).toBe('hello')
  expect(proxy).toMatchObject({ forwarded: [url], tunnels: [] })
})

test('a plain http request is forwarded by a proxy that speaks TLS, by its address too', async () => {
  using _ = trusting(authority.cert)
  await using proxy = await connectProxy({ tls: authority.issue('proxy') })
  for (const host of ['127.0.0.1', 'localhost'])
    expect(await get(plain.origin, { HTTP_PROXY: `https://${host}:${proxy.port}` })).toBe('hello')
  expect(proxy).toMatchObject({ forwarded: [`${plain.origin}/`, `${plain.origin}/`], tunnels: [] })
})

test('a certificate that the given CA did not sign is not trusted', async () => {
  const stranger = { ca: certificateAuthority('Another CA').cert }
  const connections = dispatcher({ url: secure.origin, proxies: {}, tls: stranger })
  await expect(request(secure.origin, { dispatcher: connections })).rejects.toThrow(/certificate/)
  await connections.destroy()
})

describe('the proxy of a URL', () => {
  const both = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' }
  const hostFor = (url: string, proxies: ProxySettings = both) => proxyFor(url, proxies)?.host

  test.each([
    ['https://a.example', 'secure:1'],
    ['wss://a.example', 'secure:1'],
    ['http://a.example', 'plain:2'],
    ['ws://a.example', 'plain:2'],
  ])('of %s is %s', (url, host) => {
    expect(hostFor(url)).toBe(host)
  })

  test('is none when no variable names one, or only that of the other scheme', () => {
    expect(hostFor('https://a.example', {})).toBeUndefined()
    expect(hostFor('https://a.example', { HTTP_PROXY: 'http://plain:2' })).toBeUndefined()
    expect(hostFor('https://a.example', { HTTPS_PROXY: '' })).toBeUndefined()
  })

  test('is that of the lower-case name if both are given', () => {
    expect(hostFor('https://a.example', { ...both, https_proxy: 'http://lower:3' })).toBe('lower:3')
  })

  test('may lack its scheme', () => {
    expect(hostFor('https://a.example', { HTTPS_PROXY: 'proxy:3128' })).toBe('proxy:3128')
  })

  test.each(['socks5://user:hunter2@proxy:1080', 'http://', 'http://proxy:99999'])(
    'like %s cannot be used',
    value => {
      expect(unusableProxies({ HTTPS_PROXY: value, HTTP_PROXY: 'http://plain:2' })).toEqual(['HTTPS_PROXY'])
      expect(() => hostFor('https://a.example', { HTTPS_PROXY: value })).toThrow(KnownError)
      expect(() => hostFor('https://a.example', { HTTPS_PROXY: value })).not.toThrow(/hunter2/)
    },
  )

  test.each([
    ['*', 'https://a.example'],
    ['b.example, *', 'https://a.example'],
    ['a.example', 'https://a.example'],
    ['A.Example', 'https://a.example'],
    ['example', 'https://a.example'],
    ['.example', 'https://a.example'],
    ['.a.example', 'https://a.example'],
    ['*.example', 'https://a.example'],
    ['x a.example y', 'https://a.example.'],
    ['a.example:443', 'https://a.example'],
    ['a.example:8443', 'wss://a.example:8443'],
    ['*:443', 'https://a.example'],
    ['127.0.0.1', 'http://127.0.0.1:4318'],
    ['::1', 'http://[::1]:4318'],
    ['[::1]', 'http://[::1]:4318'],
    ['[::1]:4318', 'http://[::1]:4318'],
    ['10.0.0.0/8', 'http://10.1.2.3:4318'],
    ['fd00::/8', 'http://[fd12::1]:4318'],
  ])('is none with NO_PROXY=%s for %s', (NO_PROXY, url) => {
    expect(hostFor(url, { ...both, NO_PROXY })).toBeUndefined()
  })

  test.each([
    ['a.example', 'https://ba.example'],
    ['*.a.example', 'https://a.example'],
    ['a.example:8443', 'https://a.example'],
    ['*:80', 'https://a.example'],
    ['[::1]:80', 'http://[::1]:4318'],
    ['10.0.0.0/8', 'http://11.1.2.3:4318'],
    ['10.0.0.0/99', 'http://10.1.2.3:4318'],
    ['10.0.0.0/', 'http://10.0.0.0:4318'],
    ['10.0.0.0/8', 'https://a.example'],
    ['fd00::/8', 'http://10.1.2.3:4318'],
    [' , ', 'https://a.example'],
  ])('is not spared by NO_PROXY=%s for %s', (NO_PROXY, url) => {
    expect(hostFor(url, { ...both, NO_PROXY })).toBeDefined()
  })
})
