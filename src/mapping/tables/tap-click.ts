/** TAP `clicksPermitted`, `clicksBlocked`: somebody followed a rewritten link to a threat. */
import { addresses, first, single } from '../rules/lists.ts'
import { originalUrl, redactedUrl, urlDomain } from '../rules/tap-click.ts'
import { clickSeverity, clickSummary, createdOfOne, topClassificationOfOne } from '../rules/threats.ts'
import { ipAddress, lower, mailAddress, messageIdOf, text, time, timestamp } from '../rules/values.ts'
import { byMapper, constant, derive, row, type Table } from '../table.ts'

/** Keys are found in any case: documentation and wire differ (`campaignId`, `campaignID`). */
export const tapClick = (disposition: 'permitted' | 'blocked'): Table => ({
  rows: [
    row('(whole event)', 'log.record.uid', 'R', byMapper('of the content')),
    row('(array name)', 'proofpoint.tap.disposition', 'R', constant(disposition)),
    row('id', 'proofpoint.tap.event.id', 'C', text),
    row('GUID', 'proofpoint.message.guid', 'R', text),
    row('messageID', 'email.message_id', 'C', messageIdOf),
    row('clickTime', 'proofpoint.tap.click_time', 'C', time),
    row('threatTime', 'proofpoint.threat.times', 'C', single(time)),
    row('url', 'url.full', 'C', redactedUrl),
    row('url', 'url.domain', 'C', urlDomain),
    row('url', 'url.original', 'E', originalUrl),
    row('userAgent', 'user_agent.original', 'C', text),
    row('clickIP', 'client.address', 'C', ipAddress),
    row('recipient[]', 'proofpoint.envelope.recipients', 'C', addresses),
    row('recipient[]', 'user.email', 'C', first(mailAddress)),
    row('sender', 'email.sender.address', 'C', mailAddress),
    row('senderIP', 'proofpoint.sender.ip', 'C', ipAddress),
    row('classification', 'proofpoint.threat.classifications', 'C', single(lower)),
    row(
      ['classification', 'threatStatus'],
      'proofpoint.threat.top_classification',
      'C',
      topClassificationOfOne,
    ),
    row('threatID', 'proofpoint.threat.ids', 'C', single(text)),
    row('threatStatus', 'proofpoint.threat.statuses', 'C', single(lower)),
    row('threatURL', 'proofpoint.threat.urls', 'C', single(text)),
    row('campaignId', 'proofpoint.threat.campaign_ids', 'C', single(text)),
    row('eventTime', 'proofpoint.tap.event_time', 'E', time),
  ],
  created: derive(['clickTime', 'threatTime'], createdOfOne),
  occurred: derive('clickTime', timestamp),
  severity: derive(['classification', 'threatStatus'], clickSeverity(disposition)),
  name: derive('GUID or id', text),
  summary: derive('classification', clickSummary(disposition)),
})
