import { createMapping, type MapperOptions } from '../../src/mapping/library.ts'
import type { Kind, LogRecord } from '../../src/pipeline.ts'

/** When every event of these tests was received. */
export const OBSERVED_AT = Date.UTC(2026, 10, 22, 2)

/** The record of an event, given as an object or as its text. */
export function mapEvent(
  kind: Kind,
  event: object | string,
  options: Partial<MapperOptions> = {},
): LogRecord {
  return createMapping(options)(kind, typeof event === 'string' ? event : JSON.stringify(event), OBSERVED_AT)
}

/** Its attributes without the uid. */
export function attributesOf(kind: Kind, event: object | string, options: Partial<MapperOptions> = {}) {
  const { 'log.record.uid': _uid, ...attributes } = mapEvent(kind, event, options).attributes
  return attributes
}
