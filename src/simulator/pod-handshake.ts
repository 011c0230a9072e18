/** What the PoD Log API asks of a handshake, and in which words it refuses one. */
import type { IncomingMessage } from 'node:http'
import { HOUR_MS, hourOf } from '../clock.ts'
import { type PodType, podTypes } from './streams.ts'

export const POD_PATH = '/v1/stream'
const ARCHIVE_DAYS = 30

export interface Handshake {
  readonly token: string
  readonly type: PodType
  /** Undefined for a live session. Full hours, ms since 1970; without `toMs` it is not known when the session ends. */
  readonly archive: { readonly fromMs: number; readonly toMs: number | undefined } | undefined
}

/** Only the text of 409 is known literally (a client's log of 2024); of the others the statuses and causes are. */
export interface Refusal {
  readonly status: number
  readonly text: string
}

export const inUse: Refusal = { status: 409, text: 'Exceeded maximum number of sessions per token\r\n' }

const refusal = (status: number, text: string): Refusal => ({ status, text: `${text}\r\n` })

/** The times that clients are known to send: to the second, ms or us; `Z`, `-0000`, `+00:00` or no zone, which is UTC. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|([+-]\d\d):?(\d\d))?$/

function parseTime(text: string): number | undefined {
  const [, seconds, fraction = '0', hours = '+00', minutes = '00'] = TIME.exec(text) ?? []
  const time = Date.parse(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${hours}:${minutes}`)
  return Number.isNaN(time) ? undefined : time
}

export function checkHandshake(
  request: IncomingMessage,
  account: { readonly clusterId: string; readonly tokens: readonly string[] },
  nowMs: number,
): Handshake | Refusal {
  const url = new URL(request.url ?? '/', 'ws://simulator')
  if (url.pathname !== POD_PATH) return refusal(404, 'Not found')
  if (request.method !== 'GET') return refusal(405, 'Method not allowed')
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return refusal(404, 'Not found: wss only')
  const cluster = url.searchParams.get('cid')
  const type = podTypes.find(name => name === url.searchParams.get('type'))
  if (!cluster) return refusal(400, 'Missing or empty cid parameter')
  if (!type) return refusal(400, 'Missing, empty or unknown type parameter')
  const archive = archiveRange(url.searchParams, nowMs)
  if (archive && 'status' in archive) return archive
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!request.headers.authorization) return refusal(401, 'Missing or empty Authorization header')
  if (!token) return refusal(401, 'Wrong token type')
  if (!account.tokens.includes(token)) return refusal(401, 'Invalid or expired token')
  if (cluster !== account.clusterId) return refusal(401, 'Wrong cluster id')
  return { token, type, archive }
}

/** Rounded to the hours that hold the times; `toTime` alone leaves the session live. */
function archiveRange(query: URLSearchParams, nowMs: number): Handshake['archive'] | Refusal {
  const [since, to] = ['sinceTime', 'toTime'].map(name => {
    const text = query.get(name)
    return text === null ? undefined : (parseTime(text) ?? Number.NaN)
  })
  if (Number.isNaN(since)) return refusal(400, 'Invalid sinceTime parameter')
  if (Number.isNaN(to)) return refusal(400, 'Invalid toTime parameter')
  if (since === undefined) return undefined
  if (since < nowMs - ARCHIVE_DAYS * 24 * HOUR_MS) return refusal(400, 'sinceTime is more than 30 days back')
  if (to !== undefined && to <= since) return refusal(400, 'toTime is not after sinceTime')
  return { fromMs: hourOf(since), toMs: to === undefined ? undefined : hourOf(to + HOUR_MS - 1) }
}
