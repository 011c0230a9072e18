/** Pages of small events, and an exporter for them to a judging collector. */
import { createMapper, mapperDefaults } from '../../src/mapping/mapper.ts'
import { otlpExporter } from '../../src/otlp/exporter.ts'
import { guarded } from '../../src/otlp/guard.ts'
import { limited } from '../../src/otlp/limit.ts'
import { origins } from '../../src/otlp/resource.ts'
import type { Exporter, Page, RawEvent, Receipt } from '../../src/pipeline.ts'

/** The largest body, so that a record over the limit is quickly made. */
export const MAX_RECORD_BYTES = mapperDefaults.maxRecordBytes

export const mapper = createMapper({
  origin: origins({ product: 'pod', account: 'example_hosted', version: '0.0.0', attributes: {} }),
  ...mapperDefaults,
})

export const exporterTo = (url: string, timeoutMs = 5_000): Exporter =>
  guarded(
    limited(
      otlpExporter({
        url,
        headers: {},
        timeoutMs,
        compression: 'none',
        protocol: 'http/json',
        proxies: {},
        version: '0.0.0',
      }),
      4,
    ),
  )

export const observedAt = Date.parse('2026-11-22T10:30:00Z')

/** Of an event of 2026-11-22 09:59:59 UTC, as large as wanted. */
export const textOf = (name: number | string, bytes = 0): string => {
  const text = `{"guid":"${name}","ts":"2026-11-22T09:59:59.000000+0000"`
  return bytes === 0 ? `${text}}` : `${text},"filling":"${'x'.repeat(bytes - text.length - 14)}"}`
}

export const eventOf = (text: string): RawEvent => ({
  kind: 'pod.message',
  bytes: Buffer.from(text),
  observedAt,
})

export const page = (...names: (number | string)[]): Page => pageOf(names.map(name => textOf(name)))
export const pageOf = (texts: readonly string[]): Page => ({ events: texts.map(eventOf), cursor: { at: 7 } })

export const uidOf = (text: string): string => mapper.uid(eventOf(text))
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
export const never = new AbortController().signal
export const uidsOf = ({ delivered }: Pick<Receipt, 'delivered'>): string[] => [...delivered.values()].flat()
