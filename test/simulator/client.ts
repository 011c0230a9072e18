/** What the simulator's tests need to talk to it: a clock that jumps, and a WebSocket that keeps its frames. */
import { WebSocket } from 'ws'
import { type Clock, real } from '../../src/clock.ts'
import type { SimulatorOptions } from '../../src/simulator/options.ts'

export const NOON = Date.UTC(2026, 5, 15, 12)

export const account = {
  clusterId: 'example_hosted',
  tokens: ['token-1', 'token-2'],
  principal: 'principal',
  secret: 'secret',
} satisfies SimulatorOptions

/** Real time that begins at `start` and can be moved on. */
export function jumpingClock(start = NOON): Clock & { jump(ms: number): void } {
  let offset = start - real.now()
  return {
    now: () => real.now() + offset,
    sleep: real.sleep,
    jump: ms => {
      offset += ms
    },
  }
}

/** Waits until `condition` holds; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(20_000)
  while (!condition()) {
    deadline.throwIfAborted()
    await real.sleep(5)
  }
}

export interface Connection {
  readonly ws: WebSocket
  readonly frames: Buffer[]
  readonly binary: boolean[]
  /** Resolves with the close code. */
  readonly closed: Promise<number>
}

export interface Target {
  readonly type?: string
  readonly cid?: string
  readonly token?: string
  readonly sinceTime?: string
  readonly toTime?: string
}

/** Resolves when the session is open; throws an error with the status and text of a refusal. */
export async function connect(
  podUrl: string,
  { token = 'token-1', ...target }: Target = {},
): Promise<Connection> {
  const query = new URLSearchParams({ cid: 'example_hosted', type: 'message', ...target })
  const ws = new WebSocket(`${podUrl}?${query}`, {
    headers: { authorization: `Bearer ${token}` },
    skipUTF8Validation: true,
  })
  const frames: Buffer[] = []
  const binary: boolean[] = []
  ws.on('message', (data: Buffer, isBinary) => {
    frames.push(data)
    binary.push(isBinary)
  })
  const closed = new Promise<number>(resolve => ws.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve)
    ws.once('error', reject)
    ws.once('unexpected-response', async (_request, response) => {
      reject(new Error(`${response.statusCode} ${Buffer.concat(await response.toArray())}`))
    })
  })
  ws.on('error', () => undefined)
  return { ws, frames, binary, closed }
}

/** A session that is read to its end. */
export async function readAll(podUrl: string, target: Target): Promise<Connection & { code: number }> {
  const connection = await connect(podUrl, target)
  return { ...connection, code: await connection.closed }
}

export const iso = (ms: number): string => new Date(ms).toISOString().replace('Z', '-0000')

export interface TapAnswer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export async function askTap(
  tapUrl: string,
  path: string,
  credentials = 'principal:secret',
): Promise<TapAnswer> {
  const response = await fetch(`${tapUrl}/v2/siem/${path}`, {
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}
