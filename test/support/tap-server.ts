import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as TAP would see it. Times are ms since 1970. */
export interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly from: number
  readonly to: number
  /** How many requests came before. */
  readonly before: number
}

export interface TapServer {
  readonly url: string
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

/** A TAP that answers each request as it is told; it sends no `Date` of its own. */
export async function tapServer(
  answer: (asked: Asked, response: ServerResponse) => void,
): Promise<TapServer> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://tap')
    const [from = '', to = ''] = (searchParams.get('interval') ?? '').split('/')
    const one = {
      path: pathname,
      query: searchParams,
      headers: request.headers,
      from: Date.parse(from),
      to: Date.parse(to),
      before: asked.length,
    }
    asked.push(one)
    response.sendDate = false
    answer(one, response)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections()
      await new Promise(closed => server.close(closed))
    },
  }
}

/** Has the answer tell the server's time, as TAP's do: ms since 1970. */
export const tellTime = (response: ServerResponse, ms: number): void =>
  void response.setHeader('date', new Date(ms).toUTCString())

/** An answer of TAP with these arrays. */
export function answerText(arrays: Readonly<Record<string, readonly unknown[]>>, to: number): string {
  const all = {
    clicksPermitted: [],
    clicksBlocked: [],
    messagesDelivered: [],
    messagesBlocked: [],
    ...arrays,
  }
  return JSON.stringify({ queryEndTime: new Date(to).toISOString().replace('.000Z', 'Z'), ...all }, null, 1)
}
