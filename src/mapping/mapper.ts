/** From an event to its record: read, collect, derive, write. Total: every event becomes exactly one record. */
import type { Resource } from '@opentelemetry/resources'
import { type Kind, kinds, type LogRecord, type Mapper, type RawEvent } from '../pipeline.ts'
import type { BodyMode } from './body.ts'
import { kindMapper } from './kind-mapper.ts'

export interface MapperOptions {
  /** The resource and scope of a kind's records. A cluster id that stands on the resource is left out of the records. */
  origin(kind: Kind): { readonly resource: Resource; readonly scope: LogRecord['instrumentationScope'] }
  /** Which tiers become attributes: required and core ones, or the extra ones too. */
  readonly attributes: 'core' | 'full'
  readonly body: BodyMode
  /** Whether message content stays out of bodies and of `text()`. */
  readonly content: 'remove' | 'keep'
  /** The record's time: when the event became known (`created`), or when the mail was handled or the link clicked. */
  readonly timestamp: 'created' | 'occurred'
  /** Repeats the event name as `otel.event.name`. */
  readonly eventNameAttribute: boolean
  /** Names unknown source paths on the record. */
  readonly unmappedList: boolean
  /** The largest body, in bytes of UTF-8. */
  readonly maxRecordBytes: number
  /**
   * Told each source path of an event that no table knows (`path`), or knows with another type (`path:type`) or another
   * notation (`path:unreadable`).
   */
  onUnknown?(kind: Kind, path: string): void
}

/** As the settings have them when nothing is set. */
export const mapperDefaults = {
  attributes: 'core',
  body: 'original',
  content: 'remove',
  timestamp: 'created',
  eventNameAttribute: false,
  unmappedList: false,
  maxRecordBytes: 900 * 1024,
} as const satisfies Partial<MapperOptions>

export function createMapper(options: MapperOptions): Required<Mapper> {
  const mappers = Object.fromEntries(kinds.map(kind => [kind, kindMapper(kind, options)])) as Record<
    Kind,
    Required<Mapper>
  >
  const of = ({ kind }: RawEvent): Required<Mapper> => mappers[kind]
  return {
    map: (event, mostBodyBytes) => of(event).map(event, mostBodyBytes),
    write: (event, out, mostBodyBytes) => of(event).write(event, out, mostBodyBytes),
    uid: event => of(event).uid(event),
    text: event => of(event).text(event),
  }
}
