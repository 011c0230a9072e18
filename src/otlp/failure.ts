import { errors } from 'undici'
import { KnownError } from '../errors.ts'
import type { Outcome } from '../pipeline.ts'
import { isTlsCode, lacksTls } from '../tls-code.ts'
import { reasonText } from './reason.ts'

/** Undici's codes for a request that it does not send as it is. */
const REQUEST_CODE = /^UND_ERR_(INVALID_ARG|NOT_SUPPORTED)$/
/** A proxy will not open the way; undici has no code of its own for it. Its 5xx are about the collector behind it. */
const TUNNEL_REFUSED = /^Proxy response \(4\d\d\)|^Proxy Authentication Required/

/**
 * What it means that no answer came, by the error that Node, OpenSSL or undici gave, or the `KnownError` of a proxy.
 * `isPlain`: it was asked for without TLS. Never throws.
 */
export function outcomeOfFailure(error: unknown, isPlain = false): Outcome {
  const cause = rootOf(error)
  const code = codeOf(cause)
  const message = cause instanceof Error ? cause.message : String(cause)
  const words = message.replace(/; if the root CA is installed.*$/, '')
  const told = words && code && !words.includes(code) ? `${words} (${code})` : words || code
  if (TUNNEL_REFUSED.test(message)) return hold(`the proxy refused the connection: ${message}`, 'proxy')
  if (error instanceof KnownError)
    return isTlsCode(code) ? hold(error.message, 'proxy') : retry(error.message)
  if (lacksTls({ code, message })) return hold('the port speaks no TLS: write http:// in place of https://')
  if (isTlsCode(code)) return hold(`the TLS handshake failed: ${told}`, 'tls')
  if (REQUEST_CODE.test(code)) return hold(`the request cannot be sent: ${told}`)
  if (cause instanceof errors.HTTPParserError) {
    return hold(`the answer is not HTTP/1.1 (is it a gRPC port, 4317, in place of 4318?): ${told}`)
  }
  if (cause instanceof errors.SocketError && cause.socket?.bytesRead === 0) {
    // In TLS 1.3 a client certificate is judged after the handshake, and undici does not tell what the server said of it.
    const doubt = isPlain ? 'does it speak TLS, that is https://?' : 'does it demand a client certificate?'
    return retry(`the other side hung up without a word (a wrong port, or ${doubt})`)
  }
  if (isPlain && /^(ECONNRESET|EPIPE)$/.test(code))
    return retry(`${told} (if it lasts: does the port speak TLS, that is https://?)`)
  return retry(told)
}

const hold = (reason: string, because?: 'tls' | 'proxy'): Outcome => ({
  status: 'hold',
  reason: reasonText(reason),
  ...(because && { because }),
})
const retry = (reason: string): Outcome => ({ status: 'retry', reason: reasonText(`no answer: ${reason}`) })

/** The innermost error that says something: undici wraps causes, and Node gathers one error for each address tried. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0])
  if (error instanceof Error && error.cause instanceof Error) return rootOf(error.cause)
  return error
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}
