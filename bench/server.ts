/** The server process: Proofpoint's two APIs as far as a contender needs them, sending as fast as it is read. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { answer } from './calls.ts'
import { type Input, podFrames, tapAnswers } from './inputs.ts'
import { podSide } from './pod-side.ts'
import { tapSide } from './tap-side.ts'

/** What a contender is offered; more may be offered later on. */
export interface Offer {
  readonly input: Input
  readonly records: number
  /** As fast as it is taken if left out. */
  readonly perSecond?: number
}

export interface ServerProgress {
  readonly sent: number
  /** When the last was sent, `monotonicMs`. */
  readonly lastAt: number
}

export interface ServerCalls {
  open(tls: { readonly key: Buffer; readonly cert: Buffer }): Promise<ServerUrls>
  /** Forgets what was offered and drops all connections. */
  reset(): void
  offer(offer: Offer): void
  progress(): ServerProgress
  /** uid and `monotonicMs` of each frame that was sent at a fixed rate. */
  sentAt(): ReadonlyMap<string, number>
}

export interface ServerUrls {
  readonly plain: Endpoints
  readonly tls: Endpoints
}
interface Endpoints {
  readonly pod: string
  readonly tap: string
}

const frames = { message: podFrames('message'), maillog: podFrames('maillog') }
const pod = podSide(type => frames[type].next().value)
const tap = tapSide(tapAnswers())
const side = { message: pod, maillog: pod, tap }
let current: Input = 'message'

answer<ServerCalls>({
  async open(pair) {
    const [plain, tls] = await Promise.all([listening(createServer()), listening(createTlsServer(pair))])
    return { plain: endpoints('', plain), tls: endpoints('s', tls) }
  },
  reset() {
    pod.reset()
    tap.reset()
  },
  offer({ input, records, perSecond }) {
    current = input
    if (input === 'tap') tap.offer(records)
    else pod.offer(input, records, perSecond)
  },
  progress: () => side[current].progress(),
  sentAt: () => pod.sentAt(),
})

async function listening(server: Server): Promise<number> {
  server.on('request', tap.request satisfies RequestListener)
  server.on('upgrade', pod.upgrade)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const endpoints = (s: '' | 's', port: number): Endpoints => ({
  pod: `ws${s}://127.0.0.1:${port}/v1/stream`,
  tap: `http${s}://127.0.0.1:${port}`,
})
