/** The uid's parts of a PoD event, as sent. */
import { type Rule, rule } from './rule.ts'

export interface Identity {
  /** The cluster, or ''. */
  readonly scope: string
  /** guid or id, or ''. */
  readonly id: string
  readonly ts: string
  /** What tells apart events of one id. */
  readonly extra: string
}

/** Takes the new and the old place of the cluster id, id, ts and what tells apart events of one id. */
export const identity: Rule<Identity> = rule(
  '',
  ['text', 'text', 'text', 'text', 'text'],
  (cluster, oldCluster, id = '', ts = '', extra = '') => ({
    scope: cluster || oldCluster || '',
    id,
    ts,
    extra,
  }),
)
