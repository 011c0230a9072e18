import type { Agent } from 'node:http'
import { WebSocket } from 'ws'
import { type ErrorCode, KnownError } from '../../errors.ts'
import { networkError } from '../network-error.ts'

/** Frames over 1 MiB are known; the real maximum is not. */
const LARGEST_FRAME = 64 * 2 ** 20
const HANDSHAKE_MS = 30_000
const LONGEST_TEXT = 200

export interface HandshakeOptions {
  readonly url: URL
  readonly token: string
  readonly agent: Agent | undefined
  /** Whether a session of this token and type was ours moments ago: tells a zombie from a stranger. */
  readonly heldLately: boolean
}

/** The statuses of Rev C of the PoD Log API document; 403, 407 and 429 come from what may stand between. */
const errorOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'pod-bad-request',
  401: 'pod-unauthorized',
  403: 'pod-forbidden',
  404: 'pod-not-found',
  405: 'pod-bad-method',
  407: 'proxy-failure',
  429: 'pod-too-many-requests',
}

/**
 * Opens a WebSocket to the PoD Log API. Resolves with the socket paused, so that no frame is missed before it is read.
 * Throws a `KnownError` for every status, network, TLS and proxy failure; undefined when `stop` aborted before it opened.
 */
export async function openSocket(
  { url, token, agent, heldLately }: HandshakeOptions,
  stop: AbortSignal,
): Promise<WebSocket | undefined> {
  if (stop.aborted) return undefined
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    ...(agent && { agent }),
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: LARGEST_FRAME,
    // A compressed frame costs 32 times the CPU of a plain one (measured).
    perMessageDeflate: false,
    // The wire has invalid UTF-8; the mapping marks it.
    skipUTF8Validation: true,
  })
  const giveUp = () => socket.terminate()
  stop.addEventListener('abort', giveUp)
  try {
    return await new Promise<WebSocket | undefined>((resolve, reject) => {
      socket.once('open', () => {
        socket.pause()
        resolve(socket)
      })
      socket.once('unexpected-response', (_, response) => {
        const status = response.statusCode ?? 0
        let text = ''
        response.setEncoding('latin1')
        response.on('data', chunk => {
          if (text.length < LONGEST_TEXT) text += chunk
        })
        response.once('close', () => {
          reject(refusal(status, text.slice(0, LONGEST_TEXT), heldLately))
          socket.terminate()
        })
      })
      socket.on('error', error => (stop.aborted ? resolve(undefined) : reject(networkError(error, url.host))))
    })
  } finally {
    stop.removeEventListener('abort', giveUp)
  }
}

function refusal(status: number, text: string, heldLately: boolean): KnownError {
  const words = text.replace(/[\s\p{C}]+/gu, ' ').trim()
  const detail = `the server refused the connection: HTTP ${status}${words ? ` ${words}` : ''}`
  if (status === 409)
    return new KnownError(heldLately ? 'pod-session-zombie' : 'pod-session-stranger', detail)
  return new KnownError(errorOfStatus[status] ?? 'pod-unavailable', detail)
}
