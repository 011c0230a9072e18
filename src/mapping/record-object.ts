/** A writer that makes the record which the pieces stand for. */
import type { Attributes } from '@opentelemetry/api'
import type { LogRecord, RecordHead, RecordWriter, Written } from '../pipeline.ts'
import { without } from './scan/cuts.ts'

/** The record that `write` writes. */
export function recordOf(write: (out: RecordWriter) => Written): LogRecord {
  let head: RecordHead | undefined
  let body: LogRecord['body']
  let attributes: Attributes = {}
  const { uid, cut } = write({
    begin(given) {
      head = given
    },
    body(value) {
      body = value
    },
    bodyBytes(utf8, cuts) {
      body = without(utf8, cuts).toString('utf8')
    },
    attribute(name, value) {
      attributes[name] = value as string
    },
    end() {},
    drop() {
      head = undefined
      body = undefined
      attributes = {}
    },
  })
  if (!head) throw new Error('no record was written')
  return { uid, ...head, body, attributes, ...(cut && { cut }) }
}
