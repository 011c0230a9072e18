/** An HTTP proxy in front of a Collector, which can be told to misbehave in one way at a time. */
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { listen } from './otlp-fault-servers.ts'

/** `lost answer`: the Collector takes the request, and its answer is lost. */
export const faults = ['503', '429', 'hang', 'reset', 'lost answer'] as const
export type Fault = (typeof faults)[number]

export interface FaultProxy extends AsyncDisposable {
  readonly url: string
  /** Requests that were hit by a fault. */
  hits(): number
  /** From now on every request is treated so, or passed on. What hangs is reset when the fault ends. */
  misbehave(fault: Fault | 'pass'): void
}

/** `target`: the base URL of the Collector. A Collector that is down is answered with a reset, as by a dead socket. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true })
  const hanging = new Set<IncomingMessage>()
  let mode: Fault | 'pass' = 'pass'
  let hits = 0

  const reset = (request: IncomingMessage) => request.socket.resetAndDestroy()

  function forward(request: IncomingMessage, response: ServerResponse, losesAnswer: boolean): void {
    const onward = httpRequest(
      new URL(request.url ?? '/', target),
      { method: request.method, headers: request.headers, agent },
      answer => {
        if (losesAnswer) {
          answer.resume().once('end', () => reset(request))
          return
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.once('error', () => reset(request)).pipe(response)
      },
    )
    onward.on('error', () => reset(request))
    request.pipe(onward)
  }

  const server = createServer((request, response) => {
    if (mode !== 'pass') hits++
    switch (mode) {
      case 'pass':
        return forward(request, response, false)
      case 'lost answer':
        return forward(request, response, true)
      case 'hang':
        return void hanging.add(request.resume())
      case 'reset':
        return reset(request)
      case '503':
      case '429':
        request.resume()
        return void response.writeHead(Number(mode), mode === '429' ? { 'retry-after': '1' } : {}).end()
    }
  })
  const listening = await listen(server)
  return {
    url: listening.origin,
    hits: () => hits,
    misbehave(fault) {
      mode = fault
      for (const request of hanging) reset(request)
      hanging.clear()
    },
    async [Symbol.asyncDispose]() {
      agent.destroy()
      await listening[Symbol.asyncDispose]()
    },
  }
}
