import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface PodServer {
  readonly url: string
  readonly requests: IncomingMessage[]
  [Symbol.asyncDispose](): Promise<void>
}

/** A WebSocket server for one misbehaviour: what it does with each upgrade is up to the test. */
export async function podServer(
  upgraded: (socket: Socket, accept: () => Promise<WebSocket>) => unknown,
): Promise<PodServer> {
  const requests: IncomingMessage[] = []
  const upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: true })
  const sockets = new Set<Socket>()
  const server = createServer((_, response) => response.writeHead(404).end('no such page'))
  server.on('connection', socket => sockets.add(socket))
  server.on('upgrade', (request, socket: Socket, head) => {
    requests.push(request)
    socket.on('error', () => {})
    upgraded(socket, () => new Promise(resolve => upgrader.handleUpgrade(request, socket, head, resolve)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/stream`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Refuses every handshake with this status and text. */
export const refusingPodServer = (status: number, text: string): Promise<PodServer> =>
  podServer(socket =>
    socket.end(
      `HTTP/1.1 ${status} x\r\ncontent-type: text/plain;charset=iso-8859-1\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    ),
  )

/** Accepts, and hands each open socket to the test. */
export const openPodServer = (opened: (socket: WebSocket) => unknown): Promise<PodServer> =>
  podServer(async (_, accept) => opened(await accept()))
