/** What the filter's decisions come to. */
import { ERROR, INFO, INFO2, type Severity, WARN } from '../severity.ts'
import { type Rule, rule, type ValueRule } from './rule.ts'

const word = (value: string | undefined): string => value?.trim().toLowerCase() ?? ''

/**
 * Takes the column isFinal, the one asked for, and what stands in its place when no action is final. The final action need
 * not be the last one.
 */
export const ofFinalAction = (element: ValueRule<'text', string>): Rule<string> =>
  rule(
    `of the action with isFinal, else the last path; ${element.says}`,
    ['boolean[]', 'text[]', 'text'],
    (isFinal, values, otherwise) => {
      const value = values?.[isFinal?.indexOf(true) ?? -1] ?? otherwise
      return value === undefined ? undefined : element.of(value)
    },
  )

/** Takes a value and the column isFinal: what only counts when no action says that it decided. */
export const withoutFinalAction = (value: ValueRule<'text', string>): Rule<string> =>
  rule(`only without an action with isFinal; ${value.says}`, ['text', 'boolean[]'], (found, isFinal = []) =>
    found === undefined || isFinal.includes(true) ? undefined : value.of(found),
  )

const STOPPED = new Set(['discard', 'reject', 'quarantine'])
const GRAVE_CLASSIFIERS = new Set(['phish', 'malware', 'impostor'])

/** A mail that is discarded, rejected or quarantined reached nobody. */
export const messageSeverity: Rule<Severity> = rule(
  'by what was found, and whether the mail was stopped',
  ['text[]', 'text[]', 'text', 'text', 'text'],
  (viruses = [], sandboxStatuses = [], classifier, disposition, folder) => {
    const fate = word(disposition)
    const stopped = STOPPED.has(fate) || word(folder) !== ''
    const malicious =
      viruses.some(name => word(name) !== '') || sandboxStatuses.some(status => word(status) === 'threat')
    if (malicious) return stopped ? WARN : ERROR
    if (GRAVE_CLASSIFIERS.has(word(classifier)) && !stopped) return WARN
    return stopped || fate === 'retry' ? INFO2 : INFO
  },
)

/** Takes direction, disposition, module and rule of the decision. */
export const messageSummary: Rule<string> = rule(
  '',
  ['text', 'text', 'boolean[]', 'text[]', 'text[]'],
  (direction, disposition, isFinal, modules, rules) => {
    const final = isFinal?.indexOf(true) ?? -1
    const reason = [modules?.[final], rules?.[final]].filter(name => word(name) !== '').join(' ')
    const subject = [word(direction), 'message'].join(' ').trim()
    return `${subject.charAt(0).toUpperCase()}${subject.slice(1)}: ${word(disposition) || 'no disposition'}${reason && ` (${reason})`}`
  },
)
