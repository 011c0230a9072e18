/** What tests of whole workers have in common that collect every stream. */
import { judgingCollector } from './judging-collector.ts'

export const rates = {
  message: 20,
  maillog: 20,
  audit: 5,
  messagesDelivered: 0.01,
  messagesBlocked: 0.01,
  clicksPermitted: 0.01,
  clicksBlocked: 0.01,
}
export const json = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
export const originOf = (collector: { url: string }) => new URL(collector.url).origin
export const soon = { timeout: 15_000, interval: 50 }
export const taking = () => judgingCollector(() => ({ status: 200 }))

export function disposable<T extends { close(): Promise<void> }>(server: T): T & AsyncDisposable {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() })
}
