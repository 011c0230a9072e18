import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Dispatcher, request } from 'undici'
import { deadline, real } from '../clock.ts'
import type { Batch, Exporter, Outcome } from '../pipeline.ts'
import { dispatcher, type ProxySettings, type TlsFiles } from '../proxy.ts'
import type { Answer } from './answer.ts'
import { outcomeOfFailure } from './failure.ts'
import { outcomeOf } from './outcome.ts'
import { reasonText, redactHeaders } from './reason.ts'
import { contentTypes, type Protocol, type SerializedRequest, serializer } from './serialize.ts'

export interface OtlpOptions {
  /** The whole URL, `/v1/logs` included. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** For the whole of one request, from connecting to the end of the answer; encoding is not counted. */
  readonly timeoutMs: number
  readonly compression: 'none' | 'gzip'
  readonly protocol: Protocol
  readonly tls?: TlsFiles
  readonly proxies: ProxySettings
  /** Of this program, for the user agent. */
  readonly version: string
}

/** An OTLP answer is a few hundred bytes; more than this is not read. */
const MOST_ANSWER_BYTES = 2 ** 20

const compress = promisify(gzip)

/**
 * Sends each batch as one OTLP/HTTP request and tells what the answer means (design: accepted only when the answer says so).
 * Follows no redirect and retries nothing. `export` throws only when `abort` is aborted.
 */
export function otlpExporter(options: OtlpOptions): Exporter {
  const { url, timeoutMs, protocol } = options
  const connections = dispatcher(options)
  const serializing = serializer(protocol)
  const redact = redactHeaders(options.headers)
  const headers = {
    ...options.headers,
    'content-type': contentTypes[protocol],
    'user-agent': `proofpoint-otel/${options.version}`,
    ...(options.compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }

  const encode = async (batch: Batch): Promise<SerializedRequest> => {
    const serialize = await serializing
    const request = serialize(batch)
    if (options.compression === 'none') return request
    // Level 6 costs 1.7 times the CPU for a fifth less bytes (measured).
    const bytes = await compress(request.bytes, { level: 1 })
    request.release()
    return { bytes, release() {} }
  }

  const send = async ({ bytes: body, release }: SerializedRequest, abort: AbortSignal): Promise<Outcome> => {
    const signal = deadline(timeoutMs, abort)
    try {
      const answer = await unlessAborted(
        signal,
        exchange(url, { method: 'POST', dispatcher: connections, headers, body, signal }),
      )
      const outcome = outcomeOf(answer, real.now(), redact)
      // A collector that took the records has read them all. What another one answered before the end the socket may still send.
      if (outcome.status === 'accepted' || outcome.status === 'partial') release()
      return outcome
    } catch (error) {
      abort.throwIfAborted()
      // Not released: undici may still write it, once it has a connection.
      if (signal.aborted) return { status: 'retry', reason: `no answer in ${timeoutMs / 1_000} s` }
      // The connection, if there was one, is closed: a socket that is closed sends nothing.
      release()
      return outcomeOfFailure(error, url.startsWith('http:'))
    }
  }

  return {
    async export(batch, abort) {
      abort.throwIfAborted()
      let request: SerializedRequest
      try {
        request = await encode(batch)
      } catch (error) {
        return { status: 'refused', reason: reasonText(`cannot be encoded: ${error}`) }
      }
      abort.throwIfAborted()
      return await send(request, abort)
    },
    close: () => connections.destroy(),
  }
}

async function exchange(
  url: string,
  options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'> & { dispatcher: Dispatcher },
): Promise<Answer> {
  const { statusCode: status, headers, body } = await request(url, options)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MOST_ANSWER_BYTES) return { status, headers, body: Buffer.concat(chunks), truncated: true }
  }
  return { status, headers, body: Buffer.concat(chunks) }
}

/** Undici heeds a signal only once a request is on a connection; a host that never answers must not be waited for. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
