/** Renders docs/fields.md from the tables. */

import { record } from './attributes/record.ts'
import { type AttributeName, attributes, naming } from './attributes.ts'
import { ecsOf, ocsfOf } from './equivalents.ts'
import { piiOf } from './pii.ts'
import type { Row } from './table.ts'
import { type KnownKind, tables } from './tables.ts'

const PREAMBLE = `<!-- Generated from src/mapping by \`npm run docs\`. Do not edit. -->

# Fields

One event of Proofpoint is one LogRecord. Its body is the event's own text, so nothing is lost that is not an attribute. What
the source does not say (null, blank text, empty list or object) has no attribute; 0, false and \`"0"\` are values.

- **Tier**: R required, C core (both by default), E extra (with \`PROOFPOINT_ATTRIBUTES=full\`), B in the body only.
- **Origin**: OTel, a name of OpenTelemetry's semantic conventions 1.45; ECS, a name of the Elastic Common Schema for what
  OpenTelemetry has no name for; PP, a name of this project.
- **ECS**, **OCSF**: what these schemas call the fact; empty where they have no place for it.
- **PII**: the class of personal data.
- **Paths**: \`[]\` is each element of a list, \`{a,b}\` each of the names, \`*\` everything below; of "x or y" the first that says
  something counts; further paths after a plus are looked at as well. Keys of TAP are found in any case (\`threatID\`,
  \`threatId\`). One element instead of a list is read as a list of one.
- **Aligned** lists of one source have the same length: the same index is the same action, signature, attachment, part, tag or
  threat. An element without a value is \`""\`, or -1 for a size.
- **Limits**: a text has at most 4 KiB, a list at most 200 elements (URLs and unknown paths: 50); what was cut is named in
  \`proofpoint.truncated.attributes\`. Whole numbers beyond ±(2^53 - 1) stay in the body only.
- **Limits of stores**: with \`PROOFPOINT_ATTRIBUTES=full\` a PoD message can have ${mostAttributes()} attributes, and a body can have
  \`PROOFPOINT_MAX_RECORD_BYTES\` (900 KiB). Loki refuses a batch with a record of more than 128 entries of structured metadata
  (\`max_structured_metadata_entries_count\`) or 64 KiB of them (\`max_structured_metadata_size\`), and lines over 256 KiB
  (\`max_line_size\`); SDK exporters drop what comes after 128 attributes. Raise the store's limits, or keep to \`core\` (at most 96)
  and a smaller body.
`

/** Of a PoD message, which has the most. */
function mostAttributes(): number {
  return new Set([...tables['pod.message'].rows.flatMap(({ to }) => to ?? []), ...Object.keys(record)]).size
}

const sections: readonly (readonly [title: string, kinds: readonly [KnownKind, ...KnownKind[]]])[] = [
  ['PoD message', ['pod.message']],
  ['PoD maillog', ['pod.maillog']],
  ['PoD audit', ['pod.audit']],
  ['TAP message', ['tap.message.delivered', 'tap.message.blocked']],
  ['TAP click', ['tap.click.permitted', 'tap.click.blocked']],
]

/** The whole page: Markdown with a line break at its end. */
export function fieldsPage(): string {
  return [PREAMBLE, ...sections.map(([title, kinds]) => kindSection(title, kinds)), recordSection()].join(
    '\n',
  )
}

function kindSection(title: string, kinds: readonly [KnownKind, ...KnownKind[]]): string {
  const { created, rows } = tables[kinds[0]]
  const eventNames = kinds.map(kind => code(`proofpoint.${kind}`)).join(', ')
  const time = `${created.from.length > 1 ? 'the later of ' : ''}${created.from.map(code).join(' and ')}`
  return `## ${title}

Event name: ${eventNames}. Time: ${time}.

${head('Source path', ...ATTRIBUTE_COLUMNS, 'Tier', 'Rule', 'ECS', 'OCSF', 'PII')}${rows.map((row, i) => fieldRow(row, i, kinds)).join('')}
${severitySection(kinds)}`
}

function severitySection(kinds: readonly [KnownKind, ...KnownKind[]]): string {
  const rows = kinds.flatMap(kind =>
    tables[kind].severity.rule.cases.map(({ when, gives }) =>
      line(code(`proofpoint.${kind}`), String(gives.number), gives.text, when),
    ),
  )
  return `Severity: of the first condition that holds. ${tables[kinds[0]].severity.rule.says}.

${head('Event name', 'Number', 'Text', 'Condition')}${rows.join('')}`
}

function fieldRow(
  { from, to, tier, rule }: Row,
  index: number,
  kinds: readonly [KnownKind, ...KnownKind[]],
): string {
  if (to === undefined) return line(paths(from), '', '', '', '', '', tier, 'in the body only', '', '', '')
  const rules = new Set([rule.says, ...kinds.map(kind => tables[kind].rows[index]?.rule.says ?? '')])
  return line(
    paths(from),
    ...attributeCells(to),
    tier,
    [...rules].join(' or '),
    ecsOf(to, kinds[0]),
    ocsfOf(to, kinds[0]),
    piiOf(to).join(', '),
  )
}

function recordSection(): string {
  const names = Object.keys(record) as (keyof typeof record)[]
  return `## Of the record itself

On records of any kind, where there is reason to. A record with one of the values of \`error.type\` that speak of reading
is WARN at least and has its text as body, whatever \`PROOFPOINT_BODY\` says. \`missing_id\` is a PoD message or audit event without a
\`guid\`, a maillog line without an \`id\`, and a TAP event with neither \`GUID\` nor \`id\`. \`mapping_failed\` is a fault of this
project: the record has no facts.

${head(...ATTRIBUTE_COLUMNS)}${names.map(name => line(...attributeCells(name))).join('')}`
}

const ATTRIBUTE_COLUMNS = ['Attribute', 'Type', 'Meaning', 'Example', 'Origin']

function attributeCells(name: AttributeName): string[] {
  const { type, about, example } = attributes[name]
  return [code(name), code(type), about, code(JSON.stringify(example)), naming(name)]
}

/** Neighbours below one parent are written together: `a.b` and `a.c` as `a.{b,c}`. */
function paths(from: readonly string[]): string {
  const folded: { parent: string; keys: string[] }[] = []
  for (const path of from) {
    const [, parent = '', key = path] = /^([^{} ]+)\.([^.{} ]+)$/.exec(path) ?? []
    const last = folded.at(-1)
    if (parent && last?.parent === parent) last.keys.push(key)
    else folded.push({ parent, keys: [key] })
  }
  return folded
    .map(({ parent, keys }) => {
      const names = keys.length > 1 ? `{${keys.join(',')}}` : keys.join()
      return alternatives(parent ? `${parent}.${names}` : names)
    })
    .join(' + ')
}

const alternatives = (path: string): string =>
  path.startsWith('(') ? path : path.split(' or ').map(code).join(' or ')

const code = (text: string): string => `\`${text}\``
const line = (...cells: string[]): string =>
  `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
const head = (...cells: string[]): string => line(...cells) + line(...cells.map(() => '---'))
