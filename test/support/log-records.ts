/** Records as a mapper makes them, and batches of them. */
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Batch, LogRecord } from '../../src/pipeline.ts'

const resource = resourceFromAttributes({ 'service.name': 'proofpoint-pod' })
const instrumentationScope = { name: 'proofpoint-otel', version: '0.0.0' }

export const logRecord = (parts: Partial<LogRecord> = {}): LogRecord => ({
  uid: '01HYGVBRSJ1MQC0DRVDN4NVZTE',
  hrTime: [1_719_264_001, 123_456_789],
  hrTimeObserved: [1_719_264_120, 511_000_000],
  severityNumber: 9,
  severityText: 'INFO',
  eventName: 'proofpoint.pod.message',
  body: '{"guid":"abc"}',
  attributes: { 'log.record.uid': '01HYGVBRSJ1MQC0DRVDN4NVZTE', 'email.subject': 'Hello' },
  droppedAttributesCount: 0,
  resource,
  instrumentationScope,
  ...parts,
})

export const batchOf = (...records: LogRecord[]): Batch => ({
  size: records.length,
  [Symbol.iterator]: () => records[Symbol.iterator](),
})
