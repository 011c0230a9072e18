/** How a golden record is written: what readers of records see, in the words of the contract. */
import type { Attributes } from '@opentelemetry/api'
import { createMapping, type LogRecord } from '../../src/mapping/library.ts'
import { OBSERVED_AT } from '../support/map-event.ts'
import type { GoldenCase } from './golden-cases.ts'

const SAME_BODY = '(the source)'

export interface MappedCase {
  readonly core: LogRecord
  readonly full: LogRecord
  /** The source paths that were told as unknown. */
  readonly unknown: readonly string[]
}

const told: string[] = []
const toCoreRecord = createMapping({ onUnknown: (_kind, path) => told.push(path) })
const toFullRecord = createMapping({ attributes: 'full' })

/** The case's records with the options that the worker has by default, and with all attributes. */
export function mapCase({ kind, source }: Pick<GoldenCase, 'kind' | 'source'>): MappedCase {
  told.length = 0
  return {
    core: toCoreRecord(kind, source, OBSERVED_AT),
    full: toFullRecord(kind, source, OBSERVED_AT),
    unknown: [...told],
  }
}

/** JSON, with what `full` adds or has otherwise beside the core attributes. */
export function goldenRecord({ core, full, unknown }: MappedCase, source: Buffer): string {
  const record = {
    timestamp: timeText(core.hrTime),
    observed: timeText(core.hrTimeObserved),
    severity: `${core.severityNumber} ${core.severityText}`,
    eventName: core.eventName,
    uid: core.uid,
    body: core.body === sourceText(source) ? SAME_BODY : core.body,
    attributes: sorted(core.attributes),
    attributesOfFull: sorted(difference(full.attributes, core.attributes)),
    ...(unknown.length > 0 ? { unknownPaths: unknown } : {}),
  }
  return `${JSON.stringify(record, null, 2)}\n`
}

/** The line break at the end of a line is no part of the event. */
const sourceText = (source: Buffer): string => source.toString('utf8').replace(/\r?\n$/, '')

const timeText = ([seconds, nanos]: LogRecord['hrTime']): string =>
  new Date(seconds * 1000).toISOString().replace('.000Z', `.${String(nanos).padStart(9, '0')}Z`)

const difference = (attributes: Attributes, known: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(
      ([name, value]) => JSON.stringify(known[name]) !== JSON.stringify(value),
    ),
  )

const sorted = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
