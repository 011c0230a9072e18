/** The PoD Log API: one session per token and type, live streams that resume, archives by the hour. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { type Clock, HOUR_MS } from '../clock.ts'
import type { Script } from './control.ts'
import { type Frames, framesOf } from './frames.ts'
import { count, type Injected, type Tally, within } from './ledger.ts'
import type { PodBehaviour } from './options.ts'
import { checkHandshake, type Handshake, inUse, type Refusal } from './pod-handshake.ts'
import { type Session, sessionOn } from './pod-session.ts'
import { fractions } from './random.ts'
import { type PodType, podTypes, type Stream } from './streams.ts'

/** Archived data is at least this old (observed by Elastic). */
const STALE_MS = 30 * 60_000
/** Frames sent before other work of this process gets its turn. */
const TURN = 64

export interface PodParts {
  readonly account: { readonly clusterId: string; readonly tokens: readonly string[] }
  readonly streams: Readonly<Record<PodType, Stream<object>>>
  readonly injected: Readonly<Record<PodType, Injected[]>>
  readonly behaviour: PodBehaviour
  readonly script: Script
  readonly silent: ReadonlySet<PodType>
  readonly seed: number
  readonly clock: Clock
  readonly tally: Tally
}

export interface OpenSession extends Session {
  readonly type: PodType
  readonly mode: 'live' | 'archive'
}

/** Where the live stream of one token and type goes on: what was sent counts, not what arrived. */
interface Position {
  index: number
  injected: number
  /** Undefined while a session is open. */
  endedMs: number | undefined
}

interface Seat {
  session: OpenSession | undefined
  /** Until then the token counts as in use although nobody is connected. */
  zombieUntilMs: number
  position: Position | undefined
}

export interface Pod {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
  sessions(type?: PodType): OpenSession[]
  close(): Promise<void>
}

export function podApi(parts: PodParts): Pod {
  const { account, behaviour, script, clock, tally, seed, streams, injected } = parts
  const seats = new Map<string, Seat>()
  const cuts = fractions(seed, 'cut archive sessions')
  let cutSessions = 0
  // With the time in it, one that is started again does not cut an hour as the last one did.
  const nextCut = () => cuts(Math.floor(clock.now() / 1000) + cutSessions++)
  const server = new WebSocketServer({ noServer: true })
  const frames = Object.fromEntries(
    podTypes.map(type => [type, framesOf(streams[type], type, seed, behaviour)]),
  ) as Record<PodType, Frames>

  const seatOf = ({ token, type }: Handshake): Seat => {
    const key = `${type} ${token}`
    const seat = seats.get(key) ?? { session: undefined, zombieUntilMs: 0, position: undefined }
    seats.set(key, seat)
    return seat
  }

  const upgrade: Pod['upgrade'] = async (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const scripted = script.handshakes.shift()
    const asked = scripted
      ? { status: scripted, text: 'Refused by the script' }
      : checkHandshake(request, account, clock.now())
    if ('status' in asked) return refuse(socket, asked, tally)
    const seat = seatOf(asked)
    while (seat.session?.closing()) await seat.session.ended
    if (seat.session || clock.now() < seat.zombieUntilMs) return refuse(socket, inUse, tally)
    count(tally.answers.pod, 101)
    server.handleUpgrade(request, socket, head, ws => {
      const mode = asked.archive ? 'archive' : 'live'
      const session = { ...sessionOn(ws, socket, behaviour.idleMs), type: asked.type, mode } as const
      seat.session = session
      void session.ended.then(clean => leave(seat, session, clean))
      void (asked.archive ? sendArchive(session, asked.archive) : sendLive(session, resume(seat, asked.type)))
    })
  }

  const leave = (seat: Seat, { type, mode }: OpenSession, clean: boolean) => {
    const now = clock.now()
    seat.session = undefined
    if (!clean) seat.zombieUntilMs = now + behaviour.zombieMs
    if (mode === 'live' && seat.position) seat.position.endedMs = now
    if (mode === 'archive' && behaviour.archiveMovesResume) {
      seat.position = { index: streams[type].first(now), injected: injected[type].length, endedMs: now }
    }
  }

  const resume = (seat: Seat, type: PodType): Position => {
    const now = clock.now()
    const known = seat.position
    const since = known || behaviour.firstSession === 'last hour' ? now - HOUR_MS : now
    if (known?.endedMs === undefined || now - known.endedMs > HOUR_MS) {
      const tooOld = known ? injected[type].filter(({ atMs }) => atMs < since).length : 0
      seat.position = { index: streams[type].first(since), injected: tooOld, endedMs: undefined }
    } else {
      seat.position = { ...known, endedMs: undefined }
    }
    return seat.position
  }

  const sendLive = async (session: OpenSession, position: Position) => {
    const { type } = session
    const dueMs = () => streams[type].timeUs(position.index) / 1000
    const next = () => {
      const waiting = injected[type][position.injected]
      if (waiting) position.injected++
      return waiting ? plain(waiting.bytes) : frames[type].live(position.index++)
    }
    while (session.sendable()) {
      const waitMs = position.injected < injected[type].length ? 0 : dueMs() - clock.now()
      if (parts.silent.has(type)) await session.nap(clock, Number.POSITIVE_INFINITY)
      else if (waitMs > 0) await session.nap(clock, waitMs)
      else {
        send(session, next())
        if (position.index % TURN === 0) await setImmediate()
        await session.room()
      }
    }
  }

  const sendArchive = async (session: OpenSession, { fromMs, toMs }: NonNullable<Handshake['archive']>) => {
    const { type } = session
    const fault = script.archives.shift()
    const endMs = Math.max(fromMs, Math.min(toMs ?? Number.POSITIVE_INFINITY, clock.now() - STALE_MS))
    const [first, end] = [streams[type].first(fromMs), streams[type].first(endMs)]
    const share = fault ? { empty: () => 0, truncated: nextCut }[fault]() : 1
    const last = first + Math.floor((end - first) * share)
    for (let index = first; index < last && session.sendable(); index++) {
      const frame = frames[type].archived(index)
      send(session, frame)
      if (frame.twice) send(session, frame)
      if (index % TURN === 0) await setImmediate()
      await session.room()
    }
    if (!fault) for (const { bytes } of within(injected[type], fromMs, endMs)) send(session, plain(bytes))
    // How a session without an end time ends is not documented: this one stays open, silent.
    if (session.sendable() && (fault || toMs !== undefined)) session.close(1000)
  }

  const send = (
    session: OpenSession,
    { afterEmpty, ...frame }: Omit<ReturnType<Frames['live']>, 'twice'>,
  ) => {
    if (!session.sendable()) return
    if (afterEmpty) session.send({ data: Buffer.alloc(0), binary: false })
    session.send(frame)
    tally.sent[session.type][session.mode]++
  }

  const sessions: Pod['sessions'] = type =>
    [...seats.values()].flatMap(({ session }) =>
      session && (!type || session.type === type) ? [session] : [],
    )

  return {
    upgrade,
    sessions,
    close: async () => {
      for (const ws of server.clients) ws.terminate()
      await Promise.all(sessions().map(({ ended }) => ended))
    },
  }
}

const plain = (data: Buffer) => ({ data, binary: false, afterEmpty: false })

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
}

/** The charset is that of the captured 409. */
function refuse(socket: Duplex, { status, text }: Refusal, tally: Tally): void {
  count(tally.answers.pod, status)
  const head = [
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Refused'}`,
    'Content-Type: text/plain;charset=iso-8859-1',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
}
