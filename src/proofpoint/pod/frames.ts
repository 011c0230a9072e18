import type { WebSocket } from 'ws'
import { type Clock, elapsed, real } from '../../clock.ts'
import { KnownError } from '../../errors.ts'
import { MOST_PAGES } from '../../most-pages.ts'
import type { Kind, RawEvent } from '../../pipeline.ts'
import { type FrameMemory, frameMemory } from './frame-memory.ts'
import { BYTES } from './handshake.ts'
import { heartbeat } from './heartbeat.ts'
import { hasLarge, largeFrames } from './large-frames.ts'
import { type Turns, turns } from './turns.ts'

export interface FramesOptions {
  /** What the session's messages are. */
  readonly kind: Kind
  /** Of Proofpoint's data: virtual in a rehearsal. */
  readonly clock: Clock
  /** The socket is paused while this many bytes wait; a page holds less than twice as many, or fewer and one frame more. */
  readonly waitingBytes: number
  /** Given where the next page may be asked for before this one is committed; up to `MOST_PAGES` - 1 may not be then. */
  readonly ahead?: {
    /** Where the frames wait, for `MOST_PAGES` pages. */
    readonly memory: FrameMemory
    /** So many bytes wait now, and no large frame is being delivered: the next page may be asked for. */
    readonly onFull: () => void
  }
  /**
   * What was read has waited for `blockedMs`, or a large frame for its turn: the session is being closed cleanly.
   */
  readonly onBlocked?: () => void
  /** Of all sessions: one at a time takes a frame over 4 MiB. */
  readonly largeTurns?: Turns
  /** An archive session ends by itself, with close code 1000; a live one does not. */
  readonly endsWithNormalClose?: boolean
  readonly pingMs?: number
  readonly silenceMs?: number
  /** A page that is not delivered for so long means that delivery is blocked. */
  readonly blockedMs?: number
  /** After so long without a frame, by `clock`, an empty page is yielded, so that the reader notes that the session is held. */
  readonly idleMs?: number
}

/** Quiet streams are cut by idle time-outs on the way; public clients ping every 5 to 180 s. */
const PING_MS = 60_000
/** Large frames on a slow link delay pongs: shorter time-outs closed healthy connections (XSOAR). */
const SILENCE_MS = 120_000
const BLOCKED_MS = 30_000
const IDLE_MS = 30_000
/** What a waiting frame takes beside its bytes: a flood of tiny ones must pause the socket too. */
const FRAME_OVERHEAD = 256
const CLOSE_MS = 10_000
const CLOSE_BYTES = 32 * 2 ** 20
const NORMAL = 1000
const ABNORMAL = 1006
/** RFC 6455, 7.4.1: done, going away, no code given. Any other one says that something broke, here or on the way. */
const ORDERLY: ReadonlySet<number> = new Set([NORMAL, 1001, 1005])
/** Of `ws`: a message over `maxPayload`, or with more fragments than `maxFragments`. */
const TOO_BIG: ReadonlySet<string> = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_TOO_MANY_BUFFERED_PARTS',
])

/**
 * One open WebSocket as a pulled sequence of the messages that arrived since the last pull, but for empty ones, with an empty
 * page at the begin. They are observed when they came, in the time of Proofpoint's data: at that time at the latest the session
 * was held. What was read after a standstill of this process counts as received when that began. While the
 * reader is behind, the socket is paused by its byte count, and in a large frame for as long as another is being delivered;
 * while the reader is stuck, or the turn does not come, it is closed cleanly, so that nothing sent is left unread.
 * Yields all that arrived, then ends if `stop` aborted and the close was clean, or if the session was over by itself where
 * that is its way; else throws a `KnownError`.
 */
export async function* frames(
  socket: WebSocket,
  options: FramesOptions,
  stop: AbortSignal,
): AsyncGenerator<RawEvent[]> {
  const { kind, clock, waitingBytes, ahead, largeTurns = turns() } = options
  const { pingMs = PING_MS, silenceMs = SILENCE_MS, blockedMs = BLOCKED_MS, idleMs = IDLE_MS } = options
  const memory = ahead?.memory ?? frameMemory(1, waitingBytes)
  const waiting: RawEvent[] = []
  let bytes = 0
  let bytesSinceClosing = 0
  let isReading = false
  /** Of the page that was yielded last: whether the next may be asked for before its delivery, and whether that was said. */
  let allowsNext = false
  let saidFull = false
  /** Ends of the patience with pages that were come back from and may not be committed yet, the oldest first. */
  const endsOfPatience: (() => void)[] = []
  let closing: 'stop' | 'blocked' | undefined
  let closingSince = 0
  let ended = endBefore(socket)
  let socketError: Error | undefined
  let wake = () => {}
  const over = new AbortController()

  const closeCleanly = (why: 'stop' | 'blocked') => {
    if (closing || ended) return
    closing = why
    closingSince = elapsed()
    flow()
    socket.close(NORMAL)
    void real.sleep(CLOSE_MS, over.signal).then(() => socket.terminate())
    if (why === 'blocked') options.onBlocked?.()
  }
  const flow = () => {
    // Whoever closes reads to the end, whatever that takes.
    const hasRoom = bytes === 0 || bytes < waitingBytes
    const mayRead = closing !== undefined || (hasRoom && large.mayRead())
    if (ended || mayRead === isReading) return
    isReading = mayRead
    if (isReading) socket.resume()
    else socket.pause()
  }
  const tellFull = () => {
    if (!allowsNext || bytes < waitingBytes) return
    saidFull = true
    ahead?.onFull()
  }
  const nextPage = (): RawEvent[] => {
    // A clean close reads much at once. Delivered as one page, it would take more memory than all others together.
    const most = bytes < 2 * waitingBytes ? Number.POSITIVE_INFINITY : waitingBytes
    let size = 0
    let count = 0
    for (const frame of waiting) {
      if (count > 0 && size >= most) break
      size += sizeOf(frame.bytes)
      count++
    }
    const page = waiting.splice(0, count)
    bytes -= size
    // What is left may lie in the same memory.
    if (waiting.length === 0) memory.turn()
    return page
  }
  /** Closes the socket unless the function that it gives is called in time. */
  const patience = () => {
    const asked = new AbortController()
    void real.sleep(blockedMs, asked.signal).then(() => {
      if (!asked.signal.aborted) closeCleanly('blocked')
    })
    // Without a reason an error with its stack would be made, for each page.
    return () => asked.abort('the page is delivered')
  }
  const large = largeFrames(largeTurns, { changed: flow, patience })
  const onStop = () => closeCleanly('stop')
  const onSilent = () => {
    const seconds = Math.round(silenceMs / 1000)
    socketError = new KnownError('pod-silent', `nothing came for ${seconds} s, not even a pong`)
    socket.terminate()
  }
  const beat = heartbeat(socket, { clock, pingMs, silenceMs, onSilent }, over.signal)

  socket.on(BYTES, large.came)
  socket.on('message', data => {
    beat.heard()
    const frame = data as Buffer
    large.ended(frame.length)
    if (frame.length === 0) return
    waiting.push({ kind, bytes: memory.keep(frame), observedAt: beat.heldUntil() })
    bytes += sizeOf(frame)
    if (closing) {
      bytesSinceClosing += sizeOf(frame)
      if (bytesSinceClosing > CLOSE_BYTES) socket.terminate()
    }
    tellFull()
    flow()
    wake()
  })
  socket.on('error', error => (socketError = error))
  socket.on('close', (code, reason) => {
    const isOver = options.endsWithNormalClose && code === NORMAL && !socketError
    ended = isOver ? 'cleanly' : ending(code, reason.toString(), closing, socketError)
    over.abort()
    wake()
  })
  stop.addEventListener('abort', onStop)
  if (stop.aborted) onStop()

  try {
    flow()
    for (let isFirst = true; ; isFirst = false) {
      if (waiting.length === 0 && !ended && !isFirst) {
        const news = new AbortController()
        wake = () => news.abort('a frame came')
        await clock.sleep(idleMs, news.signal)
        // To abort again costs as much as a frame does otherwise (measured).
        wake = () => {}
      }
      const page = nextPage()
      if (page.length === 0 && ended) break
      flow()
      // An empty page says that the session is held now, and that nothing is left to be read.
      if (page.length === 0 && !(beat.isHeld() && (isReading || ended))) continue
      const endPatience = patience()
      allowsNext = ahead !== undefined && !hasLarge(page)
      saidFull = false
      tellFull()
      try {
        yield page
      } finally {
        allowsNext = false
        endsOfPatience.push(endPatience)
        while (endsOfPatience.length > (saidFull ? MOST_PAGES - 1 : 0)) endsOfPatience.shift()!()
      }
      large.delivered(page)
    }
  } finally {
    stop.removeEventListener('abort', onStop)
    over.abort()
    for (const end of endsOfPatience) end()
    large.leave()
    socket.terminate()
  }
  if (ended !== 'cleanly') throw ended
  if (closing === 'blocked' && !stop.aborted)
    throw new KnownError(
      'delivery-blocked',
      `all that was read is delivered, ${Math.round((elapsed() - closingSince) / 1_000)} s after the session was closed for it`,
    )
}

const sizeOf = (frame: Buffer): number => frame.length + FRAME_OVERHEAD

/** A socket that closed before anybody listened will not say so again. */
const endBefore = (socket: WebSocket): KnownError | 'cleanly' | undefined =>
  socket.readyState === socket.CLOSED ? new KnownError('pod-dropped', 'the connection dropped') : undefined

function ending(
  code: number,
  reason: string,
  closing: 'stop' | 'blocked' | undefined,
  error: Error | undefined,
): KnownError | 'cleanly' {
  if (error instanceof KnownError) return error
  if (error && 'code' in error && TOO_BIG.has(String(error.code)))
    return new KnownError(
      'pod-frame-too-big',
      'a frame over 64 MiB, or in over a million fragments, came and was not taken',
    )
  if (closing) {
    if (code !== ABNORMAL) return 'cleanly'
    return new KnownError('clean-close-failed', 'the server did not answer the close frame in time')
  }
  if (code === ABNORMAL) {
    return new KnownError(
      'pod-dropped',
      error ? `the connection dropped: ${error.message}` : 'the connection dropped',
      {
        cause: error,
      },
    )
  }
  return new KnownError(
    ORDERLY.has(code) ? 'pod-closed' : 'pod-broken-off',
    `the server closed the connection: ${code}${reason ? ` ${reason}` : ''}`,
  )
}
