import { boolean, int, string, strings } from './attribute.ts'

/** What the mapper says about the record itself, on any kind. */
export const record = {
  'log.record.uid': string(
    'The same event has the same uid, whoever reads it and how often.',
    '01HYGVBRSJ1MQC0DRVDN4NVZTE',
  ),
  'otel.event.name': string(
    'The event name once more, for stores that do not keep it.',
    'proofpoint.pod.message',
  ),
  'error.type': string(
    'What of the event could not be read: parse_error, unexpected_shape, unknown_kind, invalid_timestamp, missing_id, oversize (over 4 MiB), mapping_failed; on a maillog record the DSN of a failed or delayed delivery.',
    '4.4.1',
  ),
  'proofpoint.unmapped.fields': strings(
    'Source paths of this event that no table knows, or knows in another form.',
    ['filter.newField'],
    50,
  ),
  'proofpoint.truncated.attributes': strings('Attributes of this record that were cut to the size limits.', [
    'proofpoint.part.labeled_names',
  ]),
  'proofpoint.body.invalid_utf8': boolean(
    'True when bytes of the event were not UTF-8 and read U+FFFD now.',
    true,
  ),
  'proofpoint.body.truncated': boolean(
    'True when values were taken out of the body to keep the size limit.',
    true,
  ),
  'proofpoint.body.original_size': int('Bytes of the body before it was cut.', 1_482_113),
  'proofpoint.body.removed_fields': strings('Source paths that were taken out of the body.', [
    'msgParts[].dataBase64',
  ]),
}

/** Where the event comes from. */
export const origin = {
  'proofpoint.cluster.id': string('The Proofpoint cluster that handled the mail.', 'example_hosted'),
  'proofpoint.customer.id': string(
    'The customer, as Proofpoint numbers them.',
    '6ae809da-7151-354f-8d3c-40fe90ec6eca',
  ),
  'host.name': string('The Proofpoint agent host that wrote the event.', 'm0000123.ppops.net'),
  'process.pid': int('The process id of sendmail in the log line.', 22003),
  'proofpoint.pod.version': string('The release of the Proofpoint software.', '8.21.0.1358'),
  'proofpoint.pod.schema_version': string('The version of the event format.', '20200420'),
  'proofpoint.pod.theater': string('The region of the data centre.', 'us'),
  'proofpoint.pod.mode': string('The mode in which the agent ran.', 'production'),
  'proofpoint.pod.origin.agent': string('The agent of an audit event: mostly an address.', '192.0.2.10'),
  'proofpoint.pod.origin.type': string('The component that made the audit event.', 'cadmin-api-gateway'),
}
