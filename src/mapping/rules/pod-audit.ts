/** What the tags and the level of an audit event say. */
import { INFO, severity, WARN } from '../severity.ts'
import { type Rule, rule } from './rule.ts'
import { firstCase, otherwise, type SeverityRule } from './severity-rule.ts'

type Column = readonly (string | undefined)[]

/** Takes the columns of names and values: the value of the first tag of that name. */
export const tagValue = (name: string): Rule<string> =>
  rule(`value of the tag \`${name}\``, ['text[]', 'scalar[]'], (names = [], values = []) =>
    values[names.indexOf(name)]?.trim(),
  )

/** The tag `<action>.<sub-category>` says whether the action succeeded: inferred from public samples. */
function outcome(
  action: string | undefined,
  names: Column = [],
  values: Column = [],
): 'success' | 'failure' | undefined {
  const prefix = `${action?.trim().toLowerCase()}.`
  const value = values[names.findIndex(name => name?.trim().toLowerCase().startsWith(prefix))]
    ?.trim()
    .toLowerCase()
  if (value === 'true') return 'success'
  return value === 'false' ? 'failure' : undefined
}

/** Takes action, then the columns of names and values. */
export const auditOutcome: Rule<string> = rule(
  'value of the tag `<action>.*`: true is success, false is failure',
  ['text', 'text[]', 'scalar[]'],
  outcome,
)

/** The most severe first. */
const levels: readonly (readonly [number: number, names: readonly string[]])[] = [
  [21, ['FATAL', 'EMERGENCY']],
  [19, ['ALERT']],
  [18, ['CRITICAL']],
  [17, ['ERROR']],
  [13, ['WARN', 'WARNING']],
  [10, ['NOTICE']],
  [9, ['INFO']],
  [5, ['DEBUG']],
  [1, ['TRACE']],
]

const ofLevel = ([number, names]: (typeof levels)[number]) => ({
  when: `level ${names.join(' or ')}`,
  gives: severity(number),
  holds: ({ level }: { readonly level: string }) => names.includes(level.toUpperCase()),
})

/** Takes level, action, names and values. */
export const auditSeverity: SeverityRule = firstCase(
  'The text is `audit.level` as sent, and that of the number only where there is no level',
  ['text', 'text', 'text[]', 'scalar[]'],
  (level = '', ...what) => ({ level: level.trim(), isFailure: outcome(...what) === 'failure' }),
  [
    ...levels.filter(([number]) => number >= WARN.number).map(ofLevel),
    { when: 'outcome failure', gives: WARN, holds: ({ isFailure }) => isFailure },
    ...levels.filter(([number]) => number < WARN.number).map(ofLevel),
    otherwise(INFO),
  ],
  ({ level }) => level,
)

/** Takes action, resource type and user. */
export const auditSummary: Rule<string> = rule('', ['text', 'text', 'text'], (action, resource, user) =>
  ['Audit:', action, resource, user && `by ${user}`].filter(part => part?.trim()).join(' '),
)
