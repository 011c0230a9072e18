/** Gives a failure of a proxy its name, before there is a tunnel through it. */
import { KnownError } from './errors.ts'
import { chain, described, type Failure, oneLine, reasonOf, text, unresolved } from './failures.ts'
import { isTlsCode, lacksTls } from './tls-code.ts'

/**
 * The named form of an error that asking `proxy` for a way to `host` ended with: tls-failure when its certificate is to blame,
 * else proxy-failure. One line, without credentials.
 */
export function proxyFailure(cause: unknown, proxy: URL, host: string): KnownError {
  if (cause instanceof KnownError) return cause
  const failures = [...chain(cause)]
  const distrusted = failures.find(failure => isTlsCode(text(failure.code)))
  if (distrusted && !lacksTls(distrusted)) {
    return new KnownError('tls-failure', oneLine(`the proxy ${proxy.host}: ${described(distrusted)}`), {
      cause,
    })
  }
  return new KnownError('proxy-failure', oneLine(wordsOf(failures, proxy, host)), { cause })
}

function wordsOf(failures: readonly Failure[], proxy: URL, host: string): string {
  const nameless = failures.find(unresolved)
  if (nameless) return `the proxy's name ${proxy.hostname} cannot be resolved (${nameless.code})`
  if (failures.some(lacksTls)) {
    return `the proxy ${proxy.host} speaks no TLS: write http:// before it, in place of https://`
  }
  const unconnected = failures.find(isUnconnected)
  if (unconnected) return `${host}: the proxy cannot be reached (${described(unconnected)})`
  if (failures.some(({ code }) => code === 'UND_ERR_HEADERS_TIMEOUT')) {
    return `the proxy ${proxy.host} opened no tunnel to ${host} (${reasonOf(failures)})`
  }
  return `${host}: the proxy broke the connection (${reasonOf(failures)})`
}

const isUnconnected = ({ syscall, code }: Failure): boolean =>
  syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT'
