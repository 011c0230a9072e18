/** PoD message: what the filter decided. */
import { stacked } from '../rules/groups.ts'
import { addresses, each } from '../rules/lists.ts'
import { ofFinalAction, withoutFinalAction } from '../rules/pod-message.ts'
import { asText, flag, int, ipAddress, lower, nanoseconds, text, time } from '../rules/values.ts'
import { row } from '../table.ts'

/** The lists of actions; only the first is on the wire, the others leak from Proofpoint's Splunk add-on (as `final_*`). */
const actionLists = ['filter.actions[]', 'action_dkimv[]', 'action_dmarc[]', 'action_spf[]']

/** The three columns of each list, the wanted one first. */
const actions = (wanted: string): string[] => {
  const keys = [wanted, ...['module', 'rule', 'action'].filter(key => key !== wanted)]
  return actionLists.flatMap(list => keys.map(key => `${list}.${key}`))
}

/** What tells the action that decided, the column asked for, and what stands in its place. */
const final = (key: string, ...otherwise: string[]): string[] => [
  'filter.actions[].isFinal',
  `filter.actions[].${key}`,
  ...otherwise,
]

export const filterRows = [
  row(actions('module'), 'proofpoint.pod.action.modules', 'C', stacked(text)),
  row(actions('rule'), 'proofpoint.pod.action.rules', 'C', stacked(text)),
  row(actions('action'), 'proofpoint.pod.action.types', 'C', stacked(lower)),
  row(final('rule'), 'security_rule.name', 'C', ofFinalAction(text)),
  row(['final_rule', 'filter.actions[].isFinal'], 'security_rule.name', 'C', withoutFinalAction(text)),
  row(final('module', 'final_module'), 'security_rule.ruleset.name', 'C', ofFinalAction(lower)),
  row(final('action', 'final_action'), 'proofpoint.pod.final_action', 'C', ofFinalAction(lower)),
  row('filter.disposition', 'proofpoint.pod.disposition', 'C', lower),
  row('filter.routeDirection', 'email.direction', 'C', lower),
  row('filter.routes[]', 'proofpoint.policy.routes', 'C', each(text)),
  row('filter.quarantine.folder', 'proofpoint.quarantine.folder', 'C', text),
  row('filter.quarantine.rule', 'proofpoint.quarantine.rule', 'C', text),
  row('filter.quarantine.folderId', 'proofpoint.quarantine.folder_id', 'E', asText),
  row('filter.quarantine.module', 'proofpoint.quarantine.module', 'E', lower),
  row('filter.quarantine.type', 'proofpoint.quarantine.type', 'E', lower),
  row('filter.currentFolder', 'proofpoint.pod.current_folder', 'E', text),

  row('filter.startTime', 'proofpoint.pod.start_time', 'E', time),
  row('filter.durationSecs', 'proofpoint.pod.duration_ns', 'C', nanoseconds),
  row('filter.isMsgEncrypted', 'proofpoint.pod.message.encrypted', 'C', flag),
  row('filter.isMsgInDigest', 'proofpoint.pod.message.in_digest', 'E', flag),
  row('filter.isMsgReinjected', 'proofpoint.pod.message.reinjected', 'C', flag),
  row('filter.msgSizeBytes', 'proofpoint.pod.message.filtered_size', 'E', int),
  row('filter.suborgs.sender', 'proofpoint.pod.suborg.sender', 'E', asText),
  row('filter.suborgs.rcpts[]', 'proofpoint.pod.suborg.recipients', 'E', each(asText)),
  row('filter.throttleIp', 'proofpoint.pod.throttle_ip', 'E', ipAddress),

  row('filter.verified.rcpts[]', 'proofpoint.pod.recipient.verified', 'E', addresses),
  row('filter.verified.rcptsHashed[]', 'proofpoint.pod.recipient.verified_hashed', 'E', each(text)),
  row('filter.delivered.rcpts[]', 'proofpoint.pod.recipient.delivered', 'C', addresses),
  row('filter.aliasedRcpts[]', 'proofpoint.pod.recipient.aliased', 'E', addresses),
  row('filter.pe.rcpts[]', 'proofpoint.pod.recipient.pe', 'E', addresses),
  row('filter.smime.rcpts[]', 'proofpoint.pod.recipient.smime', 'E', addresses),
  row('filter.smime.signedRcpts[]', 'proofpoint.pod.recipient.smime_signed', 'E', addresses),
]
