/** What the tags and the level of an audit event say. */
import { type Severity, severity } from '../severity.ts'
import { type Rule, rule } from './rule.ts'

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

const LEVELS = new Map([
  ['TRACE', 1],
  ['DEBUG', 5],
  ['INFO', 9],
  ['NOTICE', 10],
  ['WARN', 13],
  ['WARNING', 13],
  ['ERROR', 17],
  ['CRITICAL', 18],
  ['ALERT', 19],
  ['FATAL', 21],
  ['EMERGENCY', 21],
])

/** Takes level, action, names and values. The text stays the source's. */
export const auditSeverity: Rule<Severity> = rule(
  'by the level; a failure is 13 at least',
  ['text', 'text', 'text[]', 'scalar[]'],
  (level = '', ...what) => {
    const ofLevel = LEVELS.get(level.trim().toUpperCase()) ?? 9
    const number = outcome(...what) === 'failure' ? Math.max(13, ofLevel) : ofLevel
    return { number, text: level.trim() || severity(number).text }
  },
)

/** Takes action, resource type and user. */
export const auditSummary: Rule<string> = rule('', ['text', 'text', 'text'], (action, resource, user) =>
  ['Audit:', action, resource, user && `by ${user}`].filter(part => part?.trim()).join(' '),
)
