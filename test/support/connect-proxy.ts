/** A forward proxy of plain node:http: CONNECT tunnels, and absolute-form requests for plain HTTP. */
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect } from 'node:net'
import type { KeyPair } from './certificates.ts'
import { listen } from './otlp-fault-servers.ts'

export interface ProxyFaults {
  /** Demands these Basic credentials, `user:password`. */
  readonly credentials?: string
  /** Answers every CONNECT with this status instead of opening a tunnel. */
  readonly refuseWith?: number
  /** Takes a CONNECT and never answers. */
  readonly silent?: boolean
  /** Has it speak TLS itself. */
  readonly tls?: KeyPair
  /** A free one without. */
  readonly port?: number
}

export interface ConnectProxy extends AsyncDisposable {
  readonly port: number
  /** The `host:port` of each tunnel that was opened. */
  readonly tunnels: readonly string[]
  /** The URL of each request that was forwarded without a tunnel. */
  readonly forwarded: readonly string[]
}

export async function connectProxy({
  credentials,
  refuseWith,
  silent,
  tls,
  port = 0,
}: ProxyFaults = {}): Promise<ConnectProxy> {
  const tunnels: string[] = []
  const forwarded: string[] = []
  const isWelcome = ({ headers }: IncomingMessage) =>
    credentials === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`

  const forward: RequestListener = (request, response) => {
    if (!isWelcome(request))
      return response.writeHead(407, { 'proxy-authenticate': 'Basic realm="test"' }).end()
    forwarded.push(request.url ?? '')
    const onward = httpRequest(
      request.url ?? '',
      { method: request.method, headers: request.headers },
      answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    return request.pipe(onward)
  }
  const server = tls ? createHttpsServer(tls, forward) : createServer(forward)
  server.on('connect', (request: IncomingMessage, socket) => {
    socket.on('error', () => {})
    if (silent) return
    const status = isWelcome(request) ? refuseWith : 407
    if (status) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const target = request.url ?? ''
    tunnels.push(target)
    const { hostname, port } = new URL(`http://${target}`)
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.once('close', () => onward.destroy())
  })
  const listening = await listen(server, 'http', port)
  return {
    port: listening.port,
    tunnels,
    forwarded,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}
