/** PoD `audit`: what an administrator or a service did in the admin portal. */
import { aligned } from '../rules/groups.ts'
import { identity } from '../rules/identity.ts'
import { each } from '../rules/lists.ts'
import { auditOutcome, auditSeverity, auditSummary, tagValue } from '../rules/pod-audit.ts'
import { asText, hostName, ipAddress, lower, mailAddress, text, timestamp } from '../rules/values.ts'
import { body, byMapper, derive, row, type Table } from '../table.ts'

const tags = ['audit.tags[].name', 'audit.tags[].value']

export const podAudit: Table = {
  rows: [
    row('(whole event)', 'log.record.uid', 'R', byMapper('of guid and ts')),
    row('guid', 'proofpoint.pod.audit.id', 'R', text),
    row('audit.action', 'proofpoint.pod.audit.action', 'R', lower),
    row('audit.resourceType', 'proofpoint.pod.audit.resource.type', 'C', text),
    row('audit.resourceName', 'proofpoint.pod.audit.resource.name', 'C', text),
    row(tags, 'proofpoint.pod.audit.sub_category', 'C', tagValue('eventSubCategory')),
    row(tags, 'proofpoint.pod.audit.details', 'C', tagValue('eventDetails')),
    row(['audit.action', ...tags], 'proofpoint.pod.audit.outcome', 'C', auditOutcome),
    row('audit.tags[].name', 'proofpoint.pod.audit.tag.names', 'E', aligned(text)),
    row('audit.tags[].value', 'proofpoint.pod.audit.tag.values', 'E', aligned(asText)),
    row('audit.user.email', 'user.email', 'C', mailAddress),
    row('audit.user.id', 'user.id', 'C', text),
    row('audit.user.ipAddress', 'client.address', 'C', ipAddress),
    row('audit.user.rolesAssigned[] or audit.user.roleAssigned[]', 'user.roles', 'C', each(text)),
    row('audit.service.id', 'proofpoint.pod.audit.service.id', 'C', text),
    row('audit.service.cid', 'proofpoint.pod.audit.service.cid', 'E', text),
    row('audit.service.customerId', 'proofpoint.pod.audit.service.customer_id', 'E', text),
    row('audit.service.ipAddress', 'proofpoint.pod.audit.service.address', 'C', ipAddress),

    row('metadata.customerId', 'proofpoint.customer.id', 'C', text),
    row('metadata.origin.data.agent', 'proofpoint.pod.origin.agent', 'C', text),
    row('metadata.origin.data.agent', 'host.name', 'C', hostName),
    row('metadata.origin.data.cid', 'proofpoint.cluster.id', 'C', text),
    row('metadata.origin.data.version', 'proofpoint.pod.version', 'C', asText),
    row('metadata.origin.schemaVersion', 'proofpoint.pod.schema_version', 'E', asText),
    row('metadata.origin.type', 'proofpoint.pod.origin.type', 'E', text),
    body('metadata.trace[].{id,ts}'),
  ],
  created: derive('ts', timestamp),
  occurred: derive('ts', timestamp),
  severity: derive(['audit.level', 'audit.action', ...tags], auditSeverity),
  name: derive('guid', text),
  summary: derive(['audit.action', 'audit.resourceType', 'audit.user.email'], auditSummary),
  identity: derive(['metadata.origin.data.cid', 'pps.cid', 'guid', 'ts'], identity),
}
