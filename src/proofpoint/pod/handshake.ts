import type { Agent } from 'node:http'
import { WebSocket } from 'ws'
import { deadline } from '../../clock.ts'
import { type ErrorCode, KnownError } from '../../errors.ts'
import { networkError } from '../network-error.ts'

/** Frames over 1 MiB are known; the real maximum is not. */
const LARGEST_FRAME = 64 * 2 ** 20
/** An event of the sockets that `openSocket` opens: so many bytes came; the messages in them were told before. */
export const BYTES = Symbol('bytes')
/** A message over 1 MiB may come in many fragments; each costs memory of its own. */
const MOST_FRAGMENTS = 2 ** 20
const HANDSHAKE_MS = 30_000
/** The time that is left for an answer to the handshake when the worker is stopped. */
const STOP_MS = 10_000
const LONGEST_TEXT = 200
/** The status says enough; its text is waited for no longer. */
const TEXT_MS = 2_000

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
  407: 'proxy-refused',
  429: 'pod-too-many-requests',
}

/** From a gateway that got no answer itself: it does not know whether the server behind it opened the session. */
const ANSWER_LOST: ReadonlySet<number> = new Set([502, 504])

/**
 * Opens a WebSocket to the PoD Log API. Resolves with the socket paused, so that no frame is missed before it is read.
 * Throws a `KnownError` for every status, network, TLS and proxy failure, and when no answer comes in 30 s.
 * Undefined when `stop` came before the server can have opened a session; after that its answer is waited for, so that the
 * session can be closed cleanly, and `clean-close-failed` is thrown when none comes. `pod-unanswered` is thrown when the request
 * was sent and no status of the server came back: then it may have opened a session, and sent frames into it.
 */
export async function openSocket(
  { url, token, agent, heldLately }: HandshakeOptions,
  stop: AbortSignal,
): Promise<WebSocket | undefined> {
  if (stop.aborted) return undefined
  const { promise: opened, resolve, reject } = Promise.withResolvers<WebSocket | undefined>()
  let asked = false
  let refused = false
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    ...(agent && { agent }),
    finishRequest: request => {
      request.once('finish', () => (asked = true))
      request.end()
    },
    maxPayload: LARGEST_FRAME,
    maxFragments: MOST_FRAGMENTS,
    // A compressed frame costs 32 times the CPU of a plain one (measured).
    perMessageDeflate: false,
    // The wire has invalid UTF-8; the mapping marks it.
    skipUTF8Validation: true,
  })
  socket.once('upgrade', ({ socket: connection }) =>
    // Not before: the bytes that came with the answer would go to this listener alone.
    socket.once('open', () => connection.on('data', chunk => socket.emit(BYTES, chunk.length))),
  )
  socket.once('open', () => {
    socket.pause()
    resolve(socket)
  })
  socket.once('unexpected-response', (_, response) => {
    const status = response.statusCode ?? 0
    refused = !ANSWER_LOST.has(status)
    let text = ''
    const refuse = () =>
      reject(refusal(status, text.replaceAll(token, '***').slice(0, LONGEST_TEXT), heldLately))
    response.setEncoding('latin1')
    response.on('data', chunk => {
      text += chunk
      if (text.length > LONGEST_TEXT + token.length) refuse()
    })
    response.once('close', refuse)
    deadline(TEXT_MS).addEventListener('abort', refuse)
  })
  socket.on('error', error => reject(networkError(error, url.host)))
  // Its own time-out would see neither a proxy that does not answer nor an answer that drips.
  deadline(HANDSHAKE_MS).addEventListener('abort', () => {
    const isOfProxy = agent !== undefined && !asked
    const what = isOfProxy ? `the proxy opened no tunnel to ${url.host}` : `${url.host} did not answer`
    const code = isOfProxy ? 'proxy-failure' : 'connect-timeout'
    reject(new KnownError(code, `${what} in ${HANDSHAKE_MS / 1_000} s`))
  })
  const onStop = () => {
    if (!asked) return resolve(undefined)
    deadline(STOP_MS).addEventListener('abort', () =>
      reject(new KnownError('clean-close-failed', 'stopped before the server had answered the handshake')),
    )
  }
  stop.addEventListener('abort', onStop)
  try {
    const open = await opened
    if (!open) socket.terminate()
    return open
  } catch (error) {
    socket.terminate()
    if (stop.aborted && refused) return undefined
    throw asked && !refused ? unanswered(error) : error
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}

function unanswered(error: unknown): unknown {
  if (!(error instanceof KnownError) || error.code === 'clean-close-failed') return error
  return new KnownError('pod-unanswered', `the answer to the handshake was lost: ${error.message}`, {
    cause: error,
  })
}

function refusal(status: number, text: string, heldLately: boolean): KnownError {
  const words = text.replace(/[\s\p{C}]+/gu, ' ').trim()
  const who = ANSWER_LOST.has(status) ? 'a gateway answered' : 'the server refused the connection:'
  const detail = `${who} HTTP ${status}${words ? ` ${words}` : ''}`
  if (status === 409)
    return new KnownError(heldLately ? 'pod-session-zombie' : 'pod-session-stranger', detail)
  const code = errorOfStatus[status] ?? (status < 400 ? 'pod-not-found' : 'pod-unavailable')
  return new KnownError(code, detail)
}
