/** The sink process: a collector that acknowledges everything and counts distinct uids. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { elapsed, real } from '../src/clock.ts'
import { answer } from './calls.ts'
import { uidsOf } from './uids.ts'
import { monotonicMs } from './usage.ts'

export interface SinkProgress {
  /** Distinct uids. */
  readonly delivered: number
  /** When the first and the last new uid came, `monotonicMs`. */
  readonly firstAt: number
  readonly lastAt: number
}

export interface SinkCalls {
  /** Base URLs. */
  open(tls: { readonly key: Buffer; readonly cert: Buffer }): Promise<{ plain: string; tls: string }>
  /** Answers after so long from now on. */
  answerAfter(ms: number): void
  /** Counts from nought. */
  forget(): void
  /** Closes all connections and refuses new ones, or takes them again. */
  setUp(up: boolean): Promise<void>
  progress(): SinkProgress
  /** The uids, and when each came first, `monotonicMs`. */
  receivedAt(): ReadonlyMap<string, number>
}

/** Compressed requests are looked into when none has come for so long: unpacking must not slow the contender. */
const QUIET_MS = 300

let answerAfterMs = 0
let receivedAt = new Map<string, number>()
let firstAt = 0
let lastAt = 0
let packed: { readonly body: Buffer; readonly at: number }[] = []
let lastPacked = 0
let open: { readonly server: Server; readonly port: number }[] = []

answer<SinkCalls>({
  async open(pair) {
    const servers = [createServer(take), createTlsServer(pair, take)]
    open = await Promise.all(servers.map(async server => ({ server, port: await listen(server, 0) })))
    const [plain, tls] = open.map(({ port }) => port)
    return { plain: `http://127.0.0.1:${plain}`, tls: `https://127.0.0.1:${tls}` }
  },
  answerAfter(ms) {
    answerAfterMs = ms
  },
  forget() {
    receivedAt = new Map()
    packed = []
    firstAt = 0
    lastAt = 0
  },
  async setUp(up) {
    for (const { server, port } of open) {
      if (up) await listen(server, port)
      else await close(server)
    }
  },
  progress() {
    if (packed.length > 0 && elapsed() - lastPacked > QUIET_MS) {
      for (const { body, at } of packed) count(gunzipSync(body), at)
      packed = []
    }
    return { delivered: receivedAt.size, firstAt, lastAt: packed.length > 0 ? monotonicMs() : lastAt }
  },
  receivedAt: () => receivedAt,
})

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    // The contender or this sink went away in the middle; nothing is acknowledged.
    return
  }
  const at = monotonicMs()
  const body = Buffer.concat(chunks)
  if (request.headers['content-encoding'] === 'gzip') {
    packed.push({ body, at })
    lastPacked = elapsed()
  } else {
    count(body, at)
  }
  if (answerAfterMs > 0) await real.sleep(answerAfterMs)
  response.setHeader('content-type', 'application/x-protobuf')
  response.end()
}

function count(body: Buffer, at: number): void {
  for (const uid of uidsOf(body)) {
    if (receivedAt.has(uid)) continue
    receivedAt.set(uid, at)
    firstAt ||= at
    lastAt = at
  }
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise(resolve =>
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )

function close(server: Server): Promise<unknown> {
  const closed = new Promise(resolve => server.close(resolve))
  server.closeAllConnections()
  return closed
}
