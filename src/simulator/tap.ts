/** The TAP SIEM API: windows of events, selected by the time of their creation. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, HOUR_MS } from '../clock.ts'
import type { Script, TapFault } from './control.ts'
import { count, type Tally } from './ledger.ts'
import type { TapBehaviour } from './options.ts'
import { type Draws, fractions, randomness, shuffled } from './random.ts'
import type { TapClick, TapMessage } from './records/tap.ts'
import { type Stream, type TapArray, tapArrays } from './streams.ts'
import { type Window, windowOf } from './tap-window.ts'

export const TAP_PATH = '/v2/siem/'

const arraysOf: Record<string, readonly TapArray[]> = {
  all: tapArrays,
  issues: ['messagesDelivered', 'clicksPermitted'],
  'messages/delivered': ['messagesDelivered'],
  'messages/blocked': ['messagesBlocked'],
  'clicks/permitted': ['clicksPermitted'],
  'clicks/blocked': ['clicksBlocked'],
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly fault?: TapFault
}

export interface TapParts {
  readonly principal: string
  readonly secret: string
  readonly streams: Readonly<Record<TapArray, Stream<TapMessage | TapClick>>>
  readonly behaviour: TapBehaviour
  readonly script: Script
  readonly seed: number
  readonly clock: Clock
  readonly tally: Tally
}

/** Answers every request below `/v2/siem/`. */
export function tapApi(parts: TapParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { behaviour, script, clock, seed, streams, tally } = parts
  const expected = `Basic ${Buffer.from(`${parts.principal}:${parts.secret}`).toString('base64')}`
  const withinQuota = rollingQuota(behaviour.dailyRequests)
  const orders = randomness(seed, 'tap order')
  const fractionsOf = (what: string) =>
    Object.fromEntries(tapArrays.map(name => [name, fractions(seed, `${name} ${what}`)])) as Record<
      TapArray,
      ReturnType<typeof fractions>
    >
  const lateness = fractionsOf('lateness')
  const veryLate = fractionsOf('very late')
  const doubled = fractionsOf('duplicates')
  let requests = 0

  /** Three of five events are found at once, the others up to the longest lateness after their creation. */
  const foundAtMs = (name: TapArray, index: number) => {
    const createdMs = streams[name].timeUs(index) / 1000
    if (veryLate[name](index) < behaviour.veryLate)
      return createdMs + (1 + 3 * lateness[name](index)) * HOUR_MS
    const late = Math.max(0, lateness[name](index) * 2.5 - 1.5)
    return createdMs + late * behaviour.latenessMs
  }

  const elements = (
    name: TapArray,
    { fromMs, toMs }: Window,
    wanted: Filter,
    nowMs: number,
    order: Draws,
  ) => {
    const stream = streams[name]
    const found: string[] = []
    const end = stream.first(toMs)
    for (let index = stream.first(fromMs); index < end; index++) {
      if (foundAtMs(name, index) > nowMs) continue
      const record = stream.record(index)
      if (!wanted(record)) continue
      const text = elementText(record, order, index)
      found.push(text)
      if (doubled[name](index) < behaviour.duplicates) found.push(text)
    }
    return shuffled(found, order)
  }

  const answer = (request: IncomingMessage): Answer => {
    const nowMs = clock.now() + behaviour.clockSkewMs
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator')
    const endpoint = pathname.slice(TAP_PATH.length)
    const arrays = arraysOf[endpoint]
    const fault = script.tapAnswers.shift()
    if (!arrays) return { status: 404, body: '' }
    if (request.method !== 'GET') return { status: 405, body: '' }
    if (fault === '401' || request.headers.authorization !== expected) {
      return { status: 401, body: 'Credentials did not pass authentication' }
    }
    if (fault === '429' || !withinQuota(endpoint, clock.now())) return { status: 429, body: '' }
    if (fault === '500') return { status: 500, body: '' }
    const window = windowOf(searchParams, nowMs)
    if (typeof window === 'string') return { status: 400, body: window }
    if (searchParams.get('format')?.toLowerCase() !== 'json') {
      return { status: 400, body: 'The simulator speaks format=json only' }
    }
    if (window.toMs - window.fromMs > behaviour.longestWindowMs) return { status: 500, body: '' }
    const order = orders(requests++)
    const wanted = filterOf(searchParams)
    const answers = arrays.map(name => ({ name, found: elements(name, window, wanted, nowMs, order) }))
    if (behaviour.emptyAs204 && answers.every(({ found }) => found.length === 0))
      return { status: 204, body: '' }
    const end = new Date(window.toMs).toISOString().replace('.000Z', 'Z')
    const members = answers.map(({ name, found }) => `"${name}":[${found.join(',')}]`)
    return {
      status: 200,
      body: `{"queryEndTime":"${end}",${members.join(',')}}`,
      ...(fault ? { fault } : {}),
    }
  }

  return (request, response) => {
    const { status, body, fault } = answer(request)
    count(tally.answers.tap, status)
    const bytes = Buffer.from(body)
    response.statusCode = status
    response.setHeader('Date', new Date(clock.now() + behaviour.clockSkewMs).toUTCString())
    if (status === 200) {
      response.setHeader(
        'Content-Type',
        behaviour.textPlain ? 'text/plain' : 'application/json;charset=UTF-8',
      )
    }
    if (fault === 'broken') response.end(bytes.subarray(0, bytes.length / 2))
    else if (fault === 'cut off')
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
    else response.end(bytes)
  }
}

/** The order of the parts is another one in every answer, and a score of nought is now and then written as a float. */
function elementText(record: TapMessage | TapClick, order: Draws, index: number): string {
  const parts = record['messageParts']
  const text = JSON.stringify(
    Array.isArray(parts) ? { ...record, messageParts: shuffled(parts, order) } : record,
  )
  return index % 3 === 0 ? text.replace('"impostorScore":0,', '"impostorScore":0.0,') : text
}

type Filter = (record: TapMessage | TapClick) => boolean

/** By `threatType` and `threatStatus`, each of which may be repeated; one threat must fit both. */
function filterOf(query: URLSearchParams): Filter {
  const types = query.getAll('threatType').map(text => text.toLowerCase())
  const statuses = query.getAll('threatStatus').map(text => text.toLowerCase())
  const wanted = statuses.length > 0 ? statuses : ['active', 'cleared']
  return record => {
    const threats = Array.isArray(record['threatsInfoMap'])
      ? record['threatsInfoMap']
      : [{ ...record, threatType: 'url' }]
    return threats.some(
      ({ threatType, threatStatus = 'active' }) =>
        (types.length === 0 || types.includes(String(threatType).toLowerCase())) &&
        wanted.includes(String(threatStatus).toLowerCase()),
    )
  }
}

/** Counts the requests of the last 24 hours: `/clicks/permitted` has a quota of its own, all others share one. */
function rollingQuota(limit: number): (endpoint: string, nowMs: number) => boolean {
  const pools = { permitted: [] as number[], others: [] as number[] }
  return (endpoint, nowMs) => {
    const pool = pools[endpoint === 'clicks/permitted' ? 'permitted' : 'others']
    while (pool[0] !== undefined && pool[0] <= nowMs - 24 * HOUR_MS) pool.shift()
    if (pool.length >= limit) return false
    pool.push(nowMs)
    return true
  }
}
