/** An OTLP receiver that answers a request before it has read it. */
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface EarlyAnswerServer extends AsyncDisposable {
  /** Of `/v1/logs`. */
  readonly url: string
  /** Reads what the clients have still to send; a request that comes now is answered with 200, as early. */
  readOn(): void
  /** All that was read of the first connection. */
  first(): Buffer
}

/** A request is answered with 503 as soon as its head is there, and read no further until `readOn`. */
export async function answeringEarly(): Promise<EarlyAnswerServer> {
  const sockets: Socket[] = []
  const chunks: Buffer[] = []
  let isReading = false
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      if (socket === sockets[0]) chunks.push(chunk)
      if (chunk.includes('\r\n\r\n'))
        socket.write(`HTTP/1.1 ${isReading ? 200 : 503} Early\r\ncontent-length: 0\r\n\r\n`)
      if (!isReading) socket.pause()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`,
    first: () => Buffer.concat(chunks),
    readOn() {
      isReading = true
      for (const socket of sockets) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
