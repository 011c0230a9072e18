/** The tables, by the kind of events that they describe. */
import type { Kind } from '../pipeline.ts'
import type { Table } from './table.ts'
import { podAudit } from './tables/pod-audit.ts'
import { podMaillog } from './tables/pod-maillog.ts'
import { podMessage } from './tables/pod-message.ts'
import { tapClick } from './tables/tap-click.ts'
import { tapMessage } from './tables/tap-message.ts'

/** What no document names has no table: its record says `error.type` unknown_kind and holds the text. */
export type KnownKind = Exclude<Kind, 'tap.unknown'>

export const tables: Readonly<Record<KnownKind, Table>> = {
  'pod.message': podMessage,
  'pod.maillog': podMaillog,
  'pod.audit': podAudit,
  'tap.message.delivered': tapMessage('delivered'),
  'tap.message.blocked': tapMessage('blocked'),
  'tap.click.permitted': tapClick('permitted'),
  'tap.click.blocked': tapClick('blocked'),
}
