/**
 * The form of the tables: one table a kind, one row a fact. The tables drive the mapping, the documentation and the set of
 * known paths; what an attribute means and its type stand once in attributes.ts.
 *
 * Paths: `a.b` is a key in an object, `a[].b` that key in every element of a list, `a.{b,c}` stands for two paths,
 * `a."b.c"` is a key with a dot, `a.*` is everything below, `x or y` means x, and y when x gives nothing.
 * Text in `(…)` is no path: the fact does not come from the event's content.
 */
import type { AttributeValue, ValueOf } from './attributes/attribute.ts'
import type { AttributeName, TypeOf } from './attributes.ts'
import type { Identity } from './rules/identity.ts'
import { type Rule, rule } from './rules/rule.ts'
import type { SeverityRule } from './rules/severity-rule.ts'
import type { EventTime } from './values/time.ts'

/** Required: always. Core: by default. Extra: with `attributes: 'full'`. Body: known, but in the body only. */
export type Tier = 'R' | 'C' | 'E' | 'B'

/** Something made of the values of source paths. */
export interface Derivation<V> {
  /** One path for each slot that the rule takes, in its order. The first may name others to fall back on. */
  readonly from: readonly string[]
  readonly rule: Rule<V>
}

export interface Row extends Derivation<AttributeValue> {
  /** Undefined in tier B. */
  readonly to: AttributeName | undefined
  readonly tier: Tier
}

export interface Table {
  readonly rows: readonly Row[]
  /** When the event happened or became known: the record's time by default, and always the uid's. */
  readonly created: Derivation<EventTime>
  /** When the mail was handled or the link clicked. */
  readonly occurred: Derivation<EventTime>
  readonly severity: { readonly from: readonly string[]; readonly rule: SeverityRule }
  /** What names the event or its mail: a record without it has `error.type` missing_id. */
  readonly name: Derivation<string>
  /** The event in a few words, for `body: 'message'`. */
  readonly summary: Derivation<string>
  /** The parts of the uid where the source identifies its events; without it, the uid is taken from the content. */
  readonly identity?: Derivation<Identity>
}

/** One fact: where it comes from, the attribute it becomes, its tier and the rule. When rows share a name the first that gives a value wins. */
export function row<N extends AttributeName>(
  from: string | readonly string[],
  to: N,
  tier: 'R' | 'C' | 'E',
  rule: Rule<ValueOf[TypeOf<N>]>,
): Row {
  return { ...derive(from, rule), to, tier }
}

/** Rows whose paths all begin with `prefix`. */
export const under = (prefix: string, rows: readonly Row[]): Row[] =>
  rows.map(row => ({
    ...row,
    from: row.from.map(path => `${prefix}.${path.replaceAll(' or ', ` or ${prefix}.`)}`),
  }))

/** A known path whose value stays in the body. */
export const body = (from: string): Row => ({ from: [from], to: undefined, tier: 'B', rule: unread })
const unread: Rule<AttributeValue> = { says: '', reads: [], derive: () => undefined }

export function derive<R extends Rule<unknown>>(
  from: string | readonly string[],
  rule: R,
): { readonly from: readonly string[]; readonly rule: R } {
  return { from: typeof from === 'string' ? [from] : from, rule }
}

/** A fact that is the same for every event of a table. */
export const constant = (value: string): Rule<string> => rule(`\`${value}\``, [], () => value)

/** The mapper itself writes the value; the row stands for the documentation. */
export const byMapper = (says: string): Rule<string> => ({ says, reads: [], derive: () => undefined })
