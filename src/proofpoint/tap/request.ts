/** One request to the TAP SIEM API, and what its answer means. */
import { type Dispatcher, request } from 'undici'
import { elapsed } from '../../clock.ts'
import { KnownError } from '../../errors.ts'
import { networkError } from '../network-error.ts'
import { interval, type Window } from './window.ts'

export interface TapAccount {
  /** Such as `https://tap-api-v2.proofpoint.com`. */
  readonly url: string
  /** The service principal. */
  readonly principal: string
  /** Asked before each request, so that credentials can be rotated in place. Throws a `KnownError`. */
  readonly secret: () => Promise<string>
  readonly dispatcher: Dispatcher
}

/** `serverTime`: the server's time, ms since 1970, if the answer tells it. */
export type Answer = { readonly serverTime: number | undefined } & (
  | { readonly status: 200 /** Reading it throws a `KnownError`. */; readonly body: AsyncIterable<Buffer> }
  /** The window holds no events. */
  | { readonly status: 204 }
  /** The window was refused in these words. */
  | { readonly status: 400; readonly text: string }
)

/** Big windows take TAP long. Real time. */
const HEADERS_TIMEOUT_MS = 90_000
const BODY_IDLE_TIMEOUT_MS = 60_000
/** For all of an answer, without the time that it waits for delivery. */
const BODY_TIMEOUT_MS = 300_000
/** As much of an error's text as is read and told. */
const LONGEST_TEXT = 200

/**
 * Asks for all events of the window, in JSON and of every threat status: without `threatStatus` TAP leaves out what was
 * found to be a false positive, so that a withdrawn verdict would never be told. Throws a `KnownError`.
 */
export async function ask(account: TapAccount, window: Window, stop: AbortSignal): Promise<Answer> {
  const { hostname } = new URL(account.url)
  const secret = await account.secret()
  const response = await send(account, secret, window, stop).catch((error: unknown) => {
    throw networkError(error, hostname)
  })
  const serverTime = timeOf(response.headers['date'])
  const body = received(response.body, hostname)
  const status = response.statusCode
  if (status === 200) return { status, serverTime, body }
  const text = await opening(body, [secret, basicOf(account.principal, secret)])
  if (status === 204) return { status, serverTime }
  if (status === 400) return { status, serverTime, text }
  throw new KnownError(codeOf(status), `HTTP ${status}${text === '' ? '' : `: ${text}`}`)
}

function send({ url, principal, dispatcher }: TapAccount, secret: string, window: Window, stop: AbortSignal) {
  const query = new URLSearchParams([
    ['format', 'json'],
    ['interval', interval(window)],
    ['threatStatus', 'active'],
    ['threatStatus', 'cleared'],
    ['threatStatus', 'falsePositive'],
  ])
  return request(`${url.replace(/\/+$/, '')}/v2/siem/all?${query}`, {
    dispatcher,
    signal: stop,
    headers: {
      accept: 'application/json',
      authorization: `Basic ${basicOf(principal, secret)}`,
    },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_IDLE_TIMEOUT_MS,
  })
}

function codeOf(status: number) {
  if (status === 401) return 'tap-unauthorized'
  if (status === 403) return 'tap-forbidden'
  if (status === 404) return 'tap-not-found'
  if (status === 407) return 'proxy-refused'
  if (status >= 300 && status < 400) return 'tap-not-found'
  if (status === 429) return 'tap-quota'
  return 'tap-unavailable'
}

async function* received(body: AsyncIterable<Buffer>, hostname: string): AsyncGenerator<Buffer> {
  try {
    let waited = 0
    let askedAt = elapsed()
    for await (const chunk of body) {
      waited += elapsed() - askedAt
      if (waited > BODY_TIMEOUT_MS)
        throw new KnownError('connect-timeout', `${hostname} did not end its answer in time`)
      yield chunk
      askedAt = elapsed()
    }
  } catch (error) {
    throw networkError(error, hostname)
  }
}

const basicOf = (principal: string, secret: string): string =>
  Buffer.from(`${principal}:${secret}`).toString('base64')

/** The first words of a body, on one line and without our secrets; what follows is not read. */
async function opening(body: AsyncIterable<Buffer>, secrets: readonly string[]): Promise<string> {
  for await (const chunk of body) {
    const words = chunk
      .toString()
      .replaceAll(/[\s\p{C}]+/gu, ' ')
      .trim()
    return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), words).slice(0, LONGEST_TEXT)
  }
  return ''
}

function timeOf(date: string | string[] | undefined): number | undefined {
  const time = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
