/** PoD `message`: what the filter made of one mail. One event a mail, or one a part of its recipients when it is split. */
import { identity } from '../rules/identity.ts'
import { messageSeverity, messageSummary } from '../rules/pod-message.ts'
import { text, timestamp } from '../rules/values.ts'
import { derive, type Table } from '../table.ts'
import { envelopeRows } from './pod-message-envelope.ts'
import { filterRows } from './pod-message-filter.ts'
import { mailRows } from './pod-message-mail.ts'
import { moduleRows } from './pod-message-modules.ts'

export const podMessage: Table = {
  rows: [...envelopeRows, ...filterRows, ...moduleRows, ...mailRows],
  created: derive('ts', timestamp),
  occurred: derive('ts', timestamp),
  severity: derive(
    [
      'filter.modules.av.virusNames[]',
      'msgParts[].sandboxStatus',
      'filter.modules.spam.triggeredClassifier',
      'filter.disposition',
      'filter.quarantine.folder',
    ],
    messageSeverity,
  ),
  name: derive('guid', text),
  summary: derive(
    [
      'filter.routeDirection',
      'filter.disposition',
      'filter.actions[].isFinal',
      'filter.actions[].module',
      'filter.actions[].rule',
    ],
    messageSummary,
  ),
  identity: derive(['metadata.origin.data.cid', 'pps.cid', 'guid', 'ts', 'filter.qid'], identity),
}
