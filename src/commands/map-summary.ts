/** What `map` did, counted while it does it. */
import { drift } from '../operations/drift.ts'
import type { Kind, LogRecord } from '../pipeline.ts'

/** The `error.type`s of what could not be read. A maillog line has its DSN there, which is a fact. */
const unreadable = [
  'parse_error',
  'unexpected_shape',
  'unknown_kind',
  'mapping_failed',
  'invalid_timestamp',
  'missing_id',
]

const MOST_PATHS_TOLD = 20

export function mapSummary() {
  const records = new Map<Kind, number>()
  const errors = new Map<string, number>()
  const paths = drift(() => {})
  let written = 0

  return {
    onUnknown: paths.note,
    /** An event was read and mapped. */
    mapped(kind: Kind, { attributes }: LogRecord): void {
      add(records, kind, 1)
      const error = attributes['error.type']
      if (typeof error === 'string' && unreadable.includes(error)) add(errors, error, 1)
    },
    /** That many records have left. */
    written(count: number): void {
      written += count
    },
    /** Lines for people. `cut`: events of which only the beginning was read. */
    text(cut: number): string {
      const events = records.values().reduce((sum, count) => sum + count, 0)
      const unknown = [...paths.counts].flatMap(([kind, ofKind]) =>
        [...ofKind].map(([path, count]) => `  ${kind}: ${path} (${count})`),
      )
      const untold = unknown.length - MOST_PATHS_TOLD
      return [
        `map: ${events} events in, ${written} records out`,
        ...[...records].map(([kind, count]) => `  ${kind}: ${count}`),
        `errors: ${[...errors].map(([error, count]) => `${error} ${count}`).join(', ') || 'none'}`,
        ...(cut > 0 ? [`over 64 MiB, of which only the beginning was read: ${cut}`] : []),
        `unknown paths: ${unknown.length || 'none'}`,
        ...unknown.slice(0, MOST_PATHS_TOLD),
        ...(untold > 0 ? [`  and ${untold} more`] : []),
        '',
      ].join('\n')
    },
  }
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}
