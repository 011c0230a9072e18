/** What an OTLP receiver can do wrong, one thing each, and servers that do nothing else. They keep the requests they were sent. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { real } from '../../src/clock.ts'

export interface ReceivedRequest {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  /** Of the client, which tells connections apart. */
  readonly port: number | undefined
  readonly body: Buffer
}

export interface FaultServer extends AsyncDisposable {
  /** Of `/v1/logs`. */
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
}

/** Listens on the wanted port of the loopback, or a free one; closing it drops what is still open. */
export async function listen(
  server: Server,
  scheme: 'http' | 'https' = 'http',
  wanted = 0,
): Promise<AsyncDisposable & { port: number; origin: string }> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(wanted, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `${scheme}://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** What a server does with a request that it has read to its end. */
export type Misbehaviour = (response: ServerResponse, request: IncomingMessage) => unknown

/** Reads each request to its end, keeps it, and misbehaves. */
export function receiver(requests: ReceivedRequest[], misbehave: Misbehaviour): RequestListener {
  return async (request, response) => {
    const body = Buffer.concat(await request.toArray().catch(() => []))
    requests.push({
      method: request.method,
      path: request.url,
      headers: request.headers,
      port: request.socket.remotePort,
      body,
    })
    misbehave(response, request)
  }
}

/** Does the same thing with every request. */
export async function serve(misbehave: Misbehaviour): Promise<FaultServer> {
  const requests: ReceivedRequest[] = []
  const listening = await listen(createServer(receiver(requests, misbehave)))
  return {
    url: `${listening.origin}/v1/logs`,
    requests,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}

/** Answers, one way. */
export const answer =
  (status: number, headers: Record<string, string> = {}, body: string | Uint8Array = ''): Misbehaviour =>
  response =>
    response.writeHead(status, headers).end(body)

export const answering = (...parts: Parameters<typeof answer>): Promise<FaultServer> =>
  serve(answer(...parts))

/** Never answers. */
export const hang: Misbehaviour = () => {}

/** Resets the connection. */
export const reset: Misbehaviour = (_, request) => request.socket.resetAndDestroy()

/** Sends the head of a good answer and half of its body, then resets the connection. */
export const resetMidAnswer: Misbehaviour = (response, request) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '21' })
  response.write('{"partial', () => request.socket.resetAndDestroy())
}

/** Sends the head of a good answer, then closes the connection without its body. */
export const closeAfterHead: Misbehaviour = (response, request) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '21' })
  response.flushHeaders()
  request.socket.end()
}

/** Sends a good answer one byte at a time, so that it never pauses for long but takes `21 x everyMs`. */
export const drip =
  (everyMs: number): Misbehaviour =>
  async response => {
    response.writeHead(200, { 'content-type': 'application/json' })
    for (const character of '{"partialSuccess":{}}') {
      response.write(character)
      await real.sleep(everyMs)
    }
    response.end()
  }

/** Answers 200 with a body of spaces that never ends. */
export const answerEndlessly: Misbehaviour = response => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const chunk = Buffer.alloc(2 ** 16, ' ')
  const more = () => {
    while (response.write(chunk));
  }
  response.on('drain', more)
  more()
}

/** Resets the connection as soon as a request begins to come. */
export async function resettingMidRequest(): Promise<FaultServer> {
  const listening = await listen(
    createServer(request => request.once('data', () => request.socket.resetAndDestroy())),
  )
  return {
    url: `${listening.origin}/v1/logs`,
    requests: [],
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}

/** A port of the loopback on which nobody listens. */
export async function nobody(): Promise<FaultServer> {
  const listening = await listen(createServer())
  await listening[Symbol.asyncDispose]()
  return { url: `${listening.origin}/v1/logs`, requests: [], async [Symbol.asyncDispose]() {} }
}

/** Answers every connection like a server of another protocol: with bytes that are no HTTP. */
export async function speakingNoHttp(): Promise<FaultServer> {
  const server = createServer()
  server.on('connection', socket => socket.write(Buffer.from('000012040000000000000300000064', 'hex')))
  const listening = await listen(server)
  return {
    url: `${listening.origin}/v1/logs`,
    requests: [],
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}
