/** What other schemas call the same fact, where they have a name for it: for documentation and for mapping onwards. */

import type { AttributeName } from './attributes.ts'
import type { KnownKind } from './tables.ts'

type Names = Readonly<Partial<Record<AttributeName, string>>>

/** Elastic Common Schema 9. The names of `email.*` are ECS's own. */
const ecs: Names = {
  'client.address': 'source.ip',
  'email.direction': 'network.direction',
  'email.attachments.file.extension': 'email.attachments[].file.extension',
  'email.attachments.file.hash.md5': 'email.attachments[].file.hash.md5',
  'email.attachments.file.hash.sha256': 'email.attachments[].file.hash.sha256',
  'email.attachments.file.mime_type': 'email.attachments[].file.mime_type',
  'email.attachments.file.name': 'email.attachments[].file.name',
  'email.attachments.file.size': 'email.attachments[].file.size',
  'host.name': 'observer.hostname',
  'network.protocol.name': 'network.protocol',
  'process.pid': 'process.pid',
  'proofpoint.cluster.id': 'observer.name',
  'proofpoint.message.guid': 'event.id',
  'proofpoint.message.mid': 'email.local_id',
  'proofpoint.pod.audit.action': 'event.action',
  'proofpoint.pod.audit.details': 'labels.eventDetails',
  'proofpoint.pod.audit.id': 'event.id',
  'proofpoint.pod.audit.outcome': 'event.outcome',
  'proofpoint.pod.audit.service.id': 'service.id',
  'proofpoint.pod.audit.sub_category': 'labels.eventSubCategory',
  'proofpoint.pod.connection.helo': 'source.address',
  'proofpoint.pod.connection.host': 'source.domain',
  'proofpoint.pod.duration_ns': 'event.duration',
  'proofpoint.pod.final_action': 'event.action',
  'proofpoint.pod.maillog.id': 'event.id',
  'proofpoint.pod.origin.agent': 'observer.ip',
  'proofpoint.pod.start_time': 'event.start',
  'proofpoint.pod.tls.cipher': 'tls.cipher',
  'proofpoint.pod.version': 'observer.version',
  'proofpoint.quarantine.rule': 'rule.name',
  'proofpoint.sender.ip': 'source.ip',
  'proofpoint.tap.disposition': 'event.action',
  'proofpoint.tap.event.id': 'event.id',
  'proofpoint.tap.message_time': 'email.delivery_timestamp',
  'security_rule.name': 'rule.name',
  'security_rule.ruleset.name': 'rule.ruleset',
  'tls.established': 'tls.established',
  'tls.protocol.name': 'tls.version_protocol',
  'tls.protocol.version': 'tls.version',
  'url.domain': 'url.domain',
  'url.full': 'url.full',
  'url.original': 'url.original',
  'user.email': 'source.user.email',
  'user.id': 'source.user.id',
  'user.roles': 'source.user.roles',
  'user_agent.original': 'user_agent.original',
}

/** OCSF 1.9, Email Activity [4009], activities Scan (PoD and TAP messages) and MTA Relay (maillog). */
const emailActivity: Names = {
  'client.address': 'src_endpoint.ip',
  'email.attachments.file.extension': 'email.files[].ext',
  'email.attachments.file.hash.md5': 'email.files[].hashes',
  'email.attachments.file.hash.sha256': 'email.files[].hashes',
  'email.attachments.file.mime_type': 'email.files[].mime_type',
  'email.attachments.file.name': 'email.files[].name',
  'email.attachments.file.size': 'email.files[].size',
  'email.cc.address': 'email.cc',
  'email.direction': 'direction_id',
  'email.from.address': 'email.from',
  'email.message_id': 'email.message_uid',
  'email.reply_to.address': 'email.reply_to_list',
  'email.sender.address': 'from',
  'email.subject': 'email.subject',
  'email.to.address': 'email.to',
  'email.x_mailer': 'email.http_headers',
  'error.type': 'status_code',
  'geo.country.iso_code': 'src_endpoint.location.country',
  'host.name': 'device.hostname',
  'log.record.uid': 'metadata.uid',
  'network.peer.address': 'dst_endpoint.ip',
  'network.protocol.name': 'protocol_name',
  'proofpoint.attachment.any_protected': 'email.files[].is_encrypted',
  'proofpoint.attachment.sandbox_statuses': 'malware_scan_info',
  'proofpoint.cluster.id': 'metadata.tenant_uid',
  'proofpoint.customer.id': 'metadata.tenant_uid',
  'proofpoint.envelope.recipients': 'to',
  'proofpoint.header.cc': 'email.cc_mailboxes',
  'proofpoint.header.from': 'email.from_mailbox',
  'proofpoint.header.from_display_names': 'email.from_mailbox',
  'proofpoint.header.reply_to': 'email.reply_to_mailboxes',
  'proofpoint.header.return_path': 'email.return_path',
  'proofpoint.header.to': 'email.to_mailboxes',
  'proofpoint.header.x_originating_ip': 'email.x_originating_ip',
  'proofpoint.message.guid': 'message_trace_uid',
  'proofpoint.message.size': 'email.size',
  'proofpoint.message.urls': 'email.urls[].url_string',
  'proofpoint.pod.action.modules': 'firewall_rule',
  'proofpoint.pod.action.rules': 'policy.name',
  'proofpoint.pod.action.types': 'action',
  'proofpoint.pod.av.virus_names': 'malware[].name',
  'proofpoint.pod.connection.helo': 'command',
  'proofpoint.pod.connection.host': 'src_endpoint.hostname',
  'proofpoint.pod.disposition': 'disposition',
  'proofpoint.pod.dkim.domains': 'email_auth.dkim_domain',
  'proofpoint.pod.dkim.results': 'email_auth.dkim',
  'proofpoint.pod.dkim.selectors': 'email_auth.dkim_signature',
  'proofpoint.pod.dmarc.result': 'email_auth.dmarc',
  'proofpoint.pod.duration_ns': 'duration',
  'proofpoint.pod.final_action': 'disposition_id',
  'proofpoint.pod.maillog.delay': 'duration',
  'proofpoint.pod.maillog.dsn': 'status_code',
  'proofpoint.pod.maillog.id': 'metadata.original_event_uid',
  'proofpoint.pod.maillog.proto': 'protocol_name',
  'proofpoint.pod.maillog.result': 'status',
  'proofpoint.pod.maillog.stat': 'status_detail',
  'proofpoint.pod.maillog.type': 'activity_id',
  'proofpoint.pod.message.filtered_size': 'email.size',
  'proofpoint.pod.regulation.rules': 'policy.name',
  'proofpoint.pod.schema_version': 'metadata.log_version',
  'proofpoint.pod.spf.result': 'email_auth.spf',
  'proofpoint.pod.start_time': 'start_time',
  'proofpoint.pod.tls.cipher': 'tls.cipher',
  'proofpoint.pod.tls.cipher_bits': 'tls.key_length',
  'proofpoint.pod.urldefense.rewritten_urls': 'email.urls[]',
  'proofpoint.pod.version': 'metadata.product.version',
  'proofpoint.quarantine.folder': 'disposition_id (3 Quarantined)',
  'proofpoint.quarantine.rule': 'policy.name',
  'proofpoint.score.overall': 'risk_score',
  'proofpoint.sender.ip': 'src_endpoint.ip',
  'proofpoint.tap.disposition': 'disposition_id',
  'proofpoint.tap.event.id': 'metadata.original_event_uid',
  'proofpoint.tap.event_time': 'metadata.original_time',
  'proofpoint.tap.message_time': 'start_time',
  'proofpoint.threat.artifacts': 'observables[]',
  'proofpoint.threat.classifications': 'malware[].classifications',
  'proofpoint.threat.ids': 'malware[].uid',
  'proofpoint.threat.statuses': 'status',
  'proofpoint.threat.top_classification': 'malware[].classification_ids',
  'proofpoint.threat.urls': 'metadata.product.url_string',
  'security_rule.name': 'policy.name',
  'security_rule.ruleset.name': 'policy.group.name',
  'server.address': 'dst_endpoint.hostname',
  'tls.cipher': 'tls.cipher',
  'tls.protocol.version': 'tls.version',
}

/** OCSF 1.9, Authentication [3002] for login and logout, API Activity [6003] for the rest. */
const administration: Names = {
  'client.address': 'src_endpoint.ip',
  'host.name': 'device.hostname',
  'log.record.uid': 'metadata.uid',
  'proofpoint.cluster.id': 'metadata.tenant_uid',
  'proofpoint.customer.id': 'metadata.tenant_uid',
  'proofpoint.pod.audit.action': 'activity_id',
  'proofpoint.pod.audit.details': 'message',
  'proofpoint.pod.audit.id': 'metadata.original_event_uid',
  'proofpoint.pod.audit.outcome': 'status_id',
  'proofpoint.pod.audit.resource.name': 'resources[].name',
  'proofpoint.pod.audit.resource.type': 'resources[].type',
  'proofpoint.pod.audit.service.address': 'src_endpoint.ip',
  'proofpoint.pod.audit.service.id': 'actor.app_uid',
  'proofpoint.pod.audit.tag.names': 'enrichments',
  'proofpoint.pod.audit.tag.values': 'enrichments',
  'proofpoint.pod.origin.agent': 'device.ip',
  'proofpoint.pod.origin.type': 'metadata.log_name',
  'proofpoint.pod.schema_version': 'metadata.log_version',
  'proofpoint.pod.version': 'metadata.product.version',
  'user.email': 'actor.user.email_addr',
  'user.id': 'actor.user.uid',
  'user.roles': 'actor.user.groups',
}

/** OCSF 1.9, Detection Finding [2004]: the click is its evidence. */
const detectionFinding: Names = {
  'client.address': 'evidences[].src_endpoint.ip',
  'email.message_id': 'evidences[].email.message_uid',
  'email.sender.address': 'evidences[].email.from',
  'log.record.uid': 'metadata.uid',
  'proofpoint.envelope.recipients': 'evidences[].email.to',
  'proofpoint.message.guid': 'evidences[].email.message_trace_uid',
  'proofpoint.tap.click_time': 'start_time',
  'proofpoint.tap.disposition': 'disposition_id',
  'proofpoint.tap.event.id': 'metadata.original_event_uid',
  'proofpoint.tap.event_time': 'metadata.original_time',
  'proofpoint.threat.classifications': 'finding_info.types',
  'proofpoint.threat.ids': 'finding_info.uid',
  'proofpoint.threat.statuses': 'status_id',
  'proofpoint.threat.times': 'finding_info.first_seen_time',
  'proofpoint.threat.top_classification': 'finding_info.types',
  'proofpoint.threat.urls': 'finding_info.src_url',
  'url.domain': 'evidences[].url.hostname',
  'url.full': 'evidences[].url.url_string',
  'url.original': 'evidences[].url.url_string',
  'user.email': 'evidences[].user.email_addr',
  'user_agent.original': 'evidences[].http_request.user_agent',
}

function ocsfClass(kind: KnownKind): Names {
  if (kind === 'pod.audit') return administration
  return kind.startsWith('tap.click') ? detectionFinding : emailActivity
}

/** '' where the schema has no place for the fact. */
export const ocsfOf = (name: AttributeName, kind: KnownKind): string => ocsfClass(kind)[name] ?? ''

/** Of TAP the event has an id of its own; on a click neither the person nor the sending host is the one source. */
const ecsOfTap: Names = { 'proofpoint.message.guid': '' }
const ecsOfClick: Names = { ...ecsOfTap, 'client.address': '', 'proofpoint.sender.ip': '' }

function ecsExceptions(kind: KnownKind): Names {
  if (kind.startsWith('tap.click')) return ecsOfClick
  return kind.startsWith('tap.') ? ecsOfTap : {}
}

/** '' where the schema has no place for the fact. */
export const ecsOf = (name: AttributeName, kind: KnownKind): string =>
  ecsExceptions(kind)[name] ?? ecs[name] ?? (name.startsWith('email.') ? name : '')
