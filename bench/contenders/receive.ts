/** How a program without this project would receive: an open socket, or windows asked for one after the other. */
import { request } from 'undici'
import { WebSocket } from 'ws'
import { HOUR_MS, real } from '../../src/clock.ts'
import type { Kind } from '../../src/pipeline.ts'

/** The kinds of the arrays of a TAP answer. */
export const kindOfArray: Readonly<Record<string, Kind>> = {
  messagesDelivered: 'tap.message.delivered',
  messagesBlocked: 'tap.message.blocked',
  clicksPermitted: 'tap.click.permitted',
  clicksBlocked: 'tap.click.blocked',
}

export function receiveFrames(url: string, type: string, taken: (frame: Buffer) => void): void {
  const socket = new WebSocket(`${url}?cid=bench&type=${type}`, {
    perMessageDeflate: false,
    headers: { authorization: 'Bearer bench' },
  })
  socket.on('message', data => taken(data as Buffer))
}

/** From `backMs` ago on, hour by hour. */
export async function receiveAnswers(
  url: string,
  backMs: number,
  taken: (answer: Buffer) => void,
): Promise<void> {
  const begin = Math.floor((real.now() - backMs) / 1_000) * 1_000
  const second = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  for (let from = begin; from < real.now(); from += HOUR_MS) {
    const { body } = await request(
      `${url}/v2/siem/all?format=json&interval=${second(from)}/${second(from + HOUR_MS)}`,
    )
    taken(Buffer.from(await body.arrayBuffer()))
  }
}
