/** The way out: one reading of the proxy variables for the WebSockets, TAP and OTLP alike. */
import type { Agent as HttpAgent } from 'node:http'
import { createRequire } from 'node:module'
import { BlockList, isIP } from 'node:net'
import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici'
import { KnownError } from './errors.ts'
import { proxyFailure } from './proxy-failure.ts'

/** The variables as the environment has them; a lower-case name goes before its upper-case twin. */
export type ProxySettings = Readonly<
  Partial<
    Record<
      'https_proxy' | 'HTTPS_PROXY' | 'http_proxy' | 'HTTP_PROXY' | 'no_proxy' | 'NO_PROXY',
      string | undefined
    >
  >
>

/** PEM text. A given `ca` replaces the built-in roots; `cert` and `key` are the client's. */
export interface TlsFiles {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
}

/** For what most set-ups do not need: loaded where it is used. */
const require = createRequire(import.meta.url)

/** A backstop: what goes out at once is limited before it gets here. */
const MOST_CONNECTIONS = 64
const CONNECT_MS = 10_000
/** Collectors close idle connections after 60 s (Go's receiver default): ours must be gone before. */
const IDLE_MS = 30_000
const LONGEST_IDLE_MS = 50_000

/**
 * The undici dispatcher for requests to `url` and its host: through the proxy if the variables name one for it.
 * HTTP/1.1 only; when the proxy fails, requests fail with a `KnownError`. Throws one when the proxy variable is not a URL.
 */
export function dispatcher(options: { url: string; proxies: ProxySettings; tls?: TlsFiles }): Dispatcher {
  const proxy = proxyFor(options.url, options.proxies)
  const common = {
    connections: MOST_CONNECTIONS,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: LONGEST_IDLE_MS,
    allowH2: false,
  }
  if (!proxy) return new Agent({ ...common, connect: { timeout: CONNECT_MS, ...options.tls } })
  const { hostname, protocol } = new URL(options.url)
  const connect = connectorTo(proxy, hostname)
  return new ProxyAgent({
    ...common,
    uri: proxy.href,
    connectTimeout: CONNECT_MS,
    requestTls: { ...options.tls },
    // Without the time-out a proxy that never answers CONNECT would be waited for five minutes.
    clientFactory: origin =>
      tunnels(new Pool(origin, { connect, headersTimeout: CONNECT_MS }), proxy, hostname),
    // For requests that go without a tunnel.
    ...(protocol === 'http:' && { factory: (origin: URL) => new Pool(origin, { connect }) }),
  })
}

/** Connects to the proxy. Undici would give TLS the proxy's address as a name, which it does not take. */
function connectorTo(proxy: URL, host: string): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_MS, allowH2: false })
  const name = withoutBrackets(proxy.hostname)
  const servername = isIP(name) === 0 ? name : ''
  return (options, callback) =>
    connect({ ...options, servername }, (...[error, socket]) =>
      error ? callback(proxyFailure(error, proxy, host), null) : callback(null, socket),
    )
}

/** The pool, whose failures to open a tunnel are those of the proxy. */
function tunnels(pool: Pool, proxy: URL, host: string): Pool {
  const connect = pool.connect.bind(pool)
  return Object.assign(pool, {
    connect: (options: Dispatcher.ConnectOptions) =>
      connect(options).catch((error: unknown) => {
        throw proxyFailure(error, proxy, host)
      }),
  })
}

/**
 * The agent for a WebSocket to `url`, or undefined when no proxy is named for it. Both `wss:` and `ws:` go through a CONNECT
 * tunnel. A proxy that opens none makes the handshake fail with a `KnownError`.
 */
export function webSocketAgent(url: string, proxies: ProxySettings): HttpAgent | undefined {
  const proxy = proxyFor(url, proxies)
  if (!proxy) return undefined
  const { HttpsProxyAgent }: typeof import('https-proxy-agent') = require('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy)
  const connect = agent.connect.bind(agent)
  agent.connect = (...parts) =>
    connect(...parts).catch((error: unknown) => {
      throw proxyFailure(error, proxy, new URL(url).host)
    })
  // Otherwise the proxy's status would reach the WebSocket as if the server had answered it.
  agent.on('proxyConnect', ({ statusCode }, request) => {
    if (statusCode === 200) return
    const answer = Number.isNaN(statusCode) ? 'what is no HTTP' : `HTTP ${statusCode}`
    const detail = `the proxy ${proxy.host} answered ${answer} to CONNECT`
    request.destroy(new KnownError(statusCode < 500 ? 'proxy-refused' : 'proxy-failure', detail))
  })
  return agent
}

/** The names of the proxy variables whose values cannot be used. */
export function unusableProxies(proxies: ProxySettings): readonly (keyof ProxySettings)[] {
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const
  return names.filter(name => proxies[name] && !parseProxy(proxies[name]))
}

/**
 * The proxy for `url`: that of `HTTPS_PROXY` for `https:` and `wss:`, of `HTTP_PROXY` for `http:` and `ws:`, none when
 * `NO_PROXY` names the host. Throws a `KnownError` when it is not a URL.
 */
export function proxyFor(url: string, proxies: ProxySettings): URL | undefined {
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol === 'https:' || protocol === 'wss:'
  const name = secure ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const value = secure ? proxies.https_proxy || proxies.HTTPS_PROXY : proxies.http_proxy || proxies.HTTP_PROXY
  const host = withoutBrackets(hostname).replace(/\.$/, '')
  if (
    !value ||
    isExempt(host, Number(port || (secure ? 443 : 80)), proxies.no_proxy || proxies.NO_PROXY || '')
  )
    return undefined
  const proxy = parseProxy(value)
  if (!proxy) throw new KnownError('proxy-failure', `${name} is not the URL of an HTTP proxy`)
  return proxy
}

/** A proxy is often written as `host:port`; other schemes than these two no part of the worker can speak. */
function parseProxy(value: string): URL | undefined {
  const text = value.includes('://') ? value : `http://${value}`
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  return proxy && /^https?:$/.test(proxy.protocol) && isDecodable(proxy) ? proxy : undefined
}

/** A bare % in user or password is no escape, and would throw where the credentials are used. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

const withoutBrackets = (host: string): string => host.replace(/^\[(.+)\]$/, '$1').toLowerCase()

/**
 * Whether `NO_PROXY` names the host: entries separated by commas or spaces, each `*`, a host (with all below it), `.host`,
 * `*.host` (only what is below), an address, or a network like `10.0.0.0/8`; all but networks may end in `:port`.
 * Undici's rules, to which networks are added, because clusters are configured with them.
 */
const isExempt = (host: string, port: number, list: string): boolean =>
  list.split(/[,\s]+/).some(entry => entry !== '' && names(entry, host, port))

function names(entry: string, host: string, port: number): boolean {
  if (entry.includes('/')) return isInside(host, entry)
  // A bare IPv6 address does not match, and is a name without a port.
  const [, name = entry, onlyPort] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(entry) ?? []
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false
  if (name === '*') return true
  const suffix = withoutBrackets(name)
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
  return (host === suffix && !name.startsWith('*')) || host.endsWith(`.${suffix}`)
}

function isInside(host: string, network: string): boolean {
  const [address = '', bits] = network.split('/')
  const version = isIP(address)
  if (
    version === 0 ||
    isIP(host) !== version ||
    !/^\d{1,3}$/.test(bits ?? '') ||
    Number(bits) > (version === 4 ? 32 : 128)
  )
    return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const networks = new BlockList()
  networks.addSubnet(address, Number(bits), family)
  return networks.check(host, family)
}
