/** What arrived: the Collector's file, read on as it grows. Only identities and uids are kept. */
import { identityOf, type StreamName } from '../../src/simulator/streams.ts'
import { ledgerFollower } from '../collector/ledger.ts'
import type { Existing } from './simulated.ts'

export interface Arrivals {
  /** Reads what was added since the last call. */
  read(): void
  /** With repetitions. */
  records(): number
  /** Distinct identities. */
  events(): number
  has(event: Existing): boolean
  /** Events that came with two uids, and uids that came with two events: there must be none. */
  contradictions(): readonly string[]
  /** The keys of all events; see `keyOf`. */
  keys(): Iterable<string>
}

export const keyOf = ({ stream, identity }: Existing): string => `${stream} ${identity}`

const streamOf: Readonly<Record<string, StreamName>> = {
  'proofpoint.pod.message': 'message',
  'proofpoint.pod.maillog': 'maillog',
  'proofpoint.pod.audit': 'audit',
  'proofpoint.tap.message.delivered': 'messagesDelivered',
  'proofpoint.tap.message.blocked': 'messagesBlocked',
  'proofpoint.tap.click.permitted': 'clicksPermitted',
  'proofpoint.tap.click.blocked': 'clicksBlocked',
}

export function arrivalsIn(file: string): Arrivals {
  const added = ledgerFollower(file)
  const uids = new Map<string, string>()
  const events = new Map<string, string>()
  const contradictions: string[] = []
  let records = 0
  return {
    read() {
      for (const { eventName, body, attributes } of added()) {
        records++
        const stream = streamOf[eventName]
        const uid = String(attributes['log.record.uid'])
        if (!stream) {
          contradictions.push(`${uid} is a record of ${eventName}`)
          continue
        }
        const key = keyOf({ stream, identity: identityOf(JSON.parse(String(body))) })
        const [before, other] = [uids.get(key), events.get(uid)]
        if (before !== undefined && before !== uid) contradictions.push(`${key}: ${before} and ${uid}`)
        if (other !== undefined && other !== key) contradictions.push(`${uid}: ${other} and ${key}`)
        uids.set(key, uid)
        events.set(uid, key)
      }
    },
    records: () => records,
    events: () => uids.size,
    has: event => uids.has(keyOf(event)),
    contradictions: () => contradictions,
    keys: () => uids.keys(),
  }
}
