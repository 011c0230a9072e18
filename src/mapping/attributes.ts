/** Every attribute of every record: a name stands here once, with its only type and meaning. */
import type { Attribute, AttributeType } from './attributes/attribute.ts'
import { connection } from './attributes/connection.ts'
import { email, mail, parts } from './attributes/mail.ts'
import { audit } from './attributes/pod-audit.ts'
import { filter, modules } from './attributes/pod-filter.ts'
import { maillog } from './attributes/pod-maillog.ts'
import { origin, record } from './attributes/record.ts'
import { scores, tap, threats } from './attributes/threat.ts'

export const attributes = {
  ...record,
  ...origin,
  ...connection,
  ...email,
  ...mail,
  ...parts,
  ...filter,
  ...modules,
  ...scores,
  ...maillog,
  ...audit,
  ...threats,
  ...tap,
} as const satisfies Record<string, Attribute>

export type AttributeName = keyof typeof attributes

/** The names that have a type. */
export type TypeOf<N extends AttributeName> = (typeof attributes)[N]['type'] & AttributeType

/** Who defines a name: OpenTelemetry, the Elastic Common Schema (`email.*`, which OpenTelemetry lacks), or this project. */
export type Naming = 'OTel' | 'ECS' | 'PP'

export function naming(name: string): Naming {
  if (name.startsWith('proofpoint.')) return 'PP'
  return name.startsWith('email.') ? 'ECS' : 'OTel'
}
