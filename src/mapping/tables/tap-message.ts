/** TAP `messagesDelivered`, `messagesBlocked`: a mail that holds a threat. Its recipients can come as one event or as several. */
import { aligned, attached, distinct } from '../rules/groups.ts'
import { addresses, count, each, single } from '../rules/lists.ts'
import { created, messageSeverity, messageSummary, topClassification } from '../rules/threats.ts'
import {
  asLowerText,
  asSent,
  int,
  ipAddress,
  lower,
  mailAddress,
  messageIdOf,
  text,
  time,
  timestamp,
} from '../rules/values.ts'
import { byMapper, constant, derive, row, type Table } from '../table.ts'

const threatClasses = ['threatsInfoMap[].classification', 'threatsInfoMap[].threatStatus']

/** The columns of the actors, the wanted one first. */
const actors = (wanted: string): string[] =>
  [wanted, ...['name', 'id', 'type'].filter(key => key !== wanted)].map(
    key => `threatsInfoMap[].actors[].${key}`,
  )

const attachment = (key: string): string[] => [`messageParts[].${key}`, 'messageParts[].disposition']

/** Keys are found in any case: documentation and wire differ (`threatId`, `threatID`). */
export const tapMessage = (disposition: 'delivered' | 'blocked'): Table => ({
  rows: [
    row('(whole event)', 'log.record.uid', 'R', byMapper('of the content')),
    row('(array name)', 'proofpoint.tap.disposition', 'R', constant(disposition)),
    row('id', 'proofpoint.tap.event.id', 'C', text),
    row('GUID', 'proofpoint.message.guid', 'R', text),
    row('QID', 'proofpoint.message.qid', 'C', text),
    row('messageID', 'email.message_id', 'C', messageIdOf),
    row('messageTime', 'proofpoint.tap.message_time', 'C', time),
    row('cluster or clusterId', 'proofpoint.cluster.id', 'C', text),
    row('sender', 'email.sender.address', 'C', mailAddress),
    row('senderIP', 'client.address', 'C', ipAddress),
    row('senderIP', 'proofpoint.sender.ip', 'C', ipAddress),
    row('recipient[]', 'proofpoint.envelope.recipients', 'C', addresses),
    row('fromAddress[]', 'email.from.address', 'C', addresses),
    row('toAddresses[]', 'email.to.address', 'C', addresses),
    row('ccAddresses[]', 'email.cc.address', 'C', addresses),
    row('replyToAddress[]', 'email.reply_to.address', 'C', addresses),
    row('headerFrom', 'proofpoint.header.from', 'C', asSent),
    row('headerReplyTo', 'proofpoint.header.reply_to', 'E', asSent),
    row('headerTo', 'proofpoint.header.to', 'E', single(asSent)),
    row('headerCC', 'proofpoint.header.cc', 'E', single(asSent)),
    row('subject', 'email.subject', 'C', text),
    row('xmailer', 'email.x_mailer', 'C', text),
    row('messageSize', 'proofpoint.message.size', 'C', int),
    row('modulesRun[]', 'proofpoint.tap.modules_run', 'C', each(lower)),
    row('policyRoutes[]', 'proofpoint.policy.routes', 'C', each(text)),
    row('quarantineFolder', 'proofpoint.quarantine.folder', 'C', text),
    row('quarantineRule', 'proofpoint.quarantine.rule', 'C', text),
    row('completelyRewritten', 'proofpoint.tap.completely_rewritten', 'C', asLowerText),
    row('spamScore', 'proofpoint.score.spam', 'C', int),
    row('phishScore', 'proofpoint.score.phish', 'C', int),
    row('malwareScore', 'proofpoint.score.malware', 'C', int),
    row('impostorScore', 'proofpoint.score.impostor', 'C', int),

    row('threatsInfoMap[]', 'proofpoint.threat.count', 'C', count),
    row(threatClasses, 'proofpoint.threat.top_classification', 'C', topClassification),
    row('threatsInfoMap[].classification', 'proofpoint.threat.classifications', 'C', aligned(lower)),
    row('threatsInfoMap[].threatID', 'proofpoint.threat.ids', 'C', aligned(text)),
    row('threatsInfoMap[].threatStatus', 'proofpoint.threat.statuses', 'C', aligned(lower)),
    row('threatsInfoMap[].threatType', 'proofpoint.threat.types', 'C', aligned(lower)),
    row('threatsInfoMap[].threat', 'proofpoint.threat.artifacts', 'C', aligned(text)),
    row('threatsInfoMap[].threatTime', 'proofpoint.threat.times', 'C', aligned(time)),
    row('threatsInfoMap[].threatUrl', 'proofpoint.threat.urls', 'C', aligned(text)),
    row('threatsInfoMap[].campaignID', 'proofpoint.threat.campaign_ids', 'C', aligned(text)),
    row('threatsInfoMap[].detectionType', 'proofpoint.threat.detection_types', 'E', aligned(lower)),
    row(actors('name'), 'proofpoint.threat.actor.names', 'E', distinct(text)),
    row(actors('id'), 'proofpoint.threat.actor.ids', 'E', distinct(text)),
    row(actors('type'), 'proofpoint.threat.actor.types', 'E', distinct(lower)),
    row('eventTime', 'proofpoint.tap.event_time', 'E', time),

    row('messageParts[]', 'proofpoint.part.count', 'C', count),
    row(attachment('filename'), 'email.attachments.file.name', 'C', attached(text)),
    row(attachment('contentType'), 'email.attachments.file.mime_type', 'C', attached(lower)),
    row(attachment('md5'), 'email.attachments.file.hash.md5', 'C', attached(lower)),
    row(attachment('sha256'), 'email.attachments.file.hash.sha256', 'C', attached(lower)),
    row(attachment('sandboxStatus'), 'proofpoint.attachment.sandbox_statuses', 'C', attached(lower)),
    row('messageParts[].disposition', 'proofpoint.part.dispositions', 'E', aligned(lower)),
    row('messageParts[].oContentType', 'proofpoint.part.labeled_mime_types', 'E', aligned(lower)),
  ],
  created: derive(['messageTime', 'threatsInfoMap[].threatTime'], created),
  occurred: derive('messageTime', timestamp),
  severity: derive(threatClasses, messageSeverity(disposition)),
  name: derive('GUID or id', text),
  summary: derive(threatClasses, messageSummary(disposition)),
})
