/** What stands at the address of the PoD Log API in front of a simulated one: right, or wrong in one way at a time. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

export interface PodFront extends AsyncDisposable {
  readonly port: number
}

const passTo = (target: number) => (socket: Socket) => {
  const onward = connect(target, '127.0.0.1')
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ] as const)
    one.on('error', () => other.destroy()).once('close', () => other.destroy())
  socket.pipe(onward).pipe(socket)
}

async function front(server: Server, wanted: number): Promise<PodFront> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  // A client that does not like what it hears.
  server.on('tlsClientError', () => {})
  await new Promise<void>(resolve => server.listen(wanted, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Speaks TLS in the given way and passes what it hears to a plain port. */
export const tlsFront = (options: TlsOptions, target: number, port = 0): Promise<PodFront> =>
  front(createTlsServer(options, passTo(target)), port)

/** Passes everything to a plain port. */
export const plainFront = (target: number, port = 0): Promise<PodFront> =>
  front(createServer(passTo(target)), port)

/** Answers whatever it hears with bytes that are neither TLS nor HTTP, and hangs up. */
export const garbageFront = (port = 0): Promise<PodFront> =>
  front(
    createServer(socket => socket.once('data', () => socket.end('\u0000\u0001 this is no protocol\r\n\r\n'))),
    port,
  )

/** Takes connections and says nothing. */
export const silentFront = (port = 0): Promise<PodFront> => front(createServer(), port)
