/**
 * The mapping without the worker: one event of Proofpoint in, its OpenTelemetry LogRecord out. Nothing is read, sent or
 * stored; the same event gives the same record.
 *
 *     import { createMapping } from 'proofpoint-otel/mapping'
 *     const toRecord = createMapping()
 *     const record = toRecord('pod.message', line)
 */
import { emptyResource } from '@opentelemetry/resources'
import { real } from '../clock.ts'
import type { Kind, LogRecord } from '../pipeline.ts'
import { createMapper, type MapperOptions, mapperDefaults } from './mapper.ts'

export { type Kind, kinds, type LogRecord } from '../pipeline.ts'
export type { MapperOptions } from './mapper.ts'

/**
 * `source`: the event as Proofpoint sent it, one JSON object (a frame of the PoD Log API, an element of an array of the TAP
 * SIEM API). `observedAt`: when it was received, ms since 1970; now when left out. Any text becomes a record: what cannot be
 * read has `error.type`. Never throws.
 */
export type Mapping = (kind: Kind, source: string | Uint8Array, observedAt?: number) => LogRecord

/** Options that are left out have the defaults of the worker's settings. */
export function createMapping(options: Partial<MapperOptions> = {}): Mapping {
  const mapper = createMapper({ origin: () => nowhere, ...mapperDefaults, ...options })
  return (kind, source, observedAt = real.now()) =>
    mapper.map({
      kind,
      bytes: typeof source === 'string' ? Buffer.from(source) : Buffer.from(source),
      observedAt,
    })
}

const nowhere = { resource: emptyResource(), scope: { name: 'proofpoint-otel' } }
