/** What the filter's decisions come to. */
import { ERROR, INFO, INFO2, WARN } from '../severity.ts'
import { copyingOf, type Rule, rule, type ValueRule } from './rule.ts'
import { firstCase, otherwise, type SeverityRule } from './severity-rule.ts'

const word = (value: string | undefined): string => value?.trim().toLowerCase() ?? ''

/**
 * Takes the column isFinal, the one asked for, and what stands in its place when no action is final. The final action need
 * not be the last one.
 */
export const ofFinalAction = (element: ValueRule<'text', string>): Rule<string> => ({
  ...rule(
    `of the action with isFinal, else the last path; ${element.says}`,
    ['boolean[]', 'text[]', 'text'],
    (isFinal, values, otherwise) => {
      const value = values?.[isFinal?.indexOf(true) ?? -1] ?? otherwise
      return value === undefined ? undefined : element.of(value)
    },
  ),
  ...copyingOf(element, 'final'),
})

/** Takes a value and the column isFinal: what only counts when no action says that it decided. */
export const withoutFinalAction = (value: ValueRule<'text', string>): Rule<string> =>
  rule(`only without an action with isFinal; ${value.says}`, ['text', 'boolean[]'], (found, isFinal = []) =>
    found === undefined || isFinal.includes(true) ? undefined : value.of(found),
  )

const STOPPED = ['discard', 'reject', 'quarantine']
const GRAVE_CLASSIFIERS = ['phish', 'malware', 'impostor']

/** Takes virus names, sandbox states, classifier, disposition and quarantine folder. */
export const messageSeverity: SeverityRule = firstCase(
  'A mail was stopped, so reached nobody, when its disposition is discard, reject or quarantine, or it has a quarantine folder',
  ['text[]', 'text[]', 'text', 'text', 'text'],
  (viruses = [], sandboxStatuses = [], classifier, disposition, folder) => ({
    isMalicious:
      viruses.some(name => word(name) !== '') || sandboxStatuses.some(status => word(status) === 'threat'),
    isGrave: GRAVE_CLASSIFIERS.includes(word(classifier)),
    isStopped: STOPPED.includes(word(disposition)) || word(folder) !== '',
    isRetried: word(disposition) === 'retry',
  }),
  [
    {
      when: 'a virus name, or a part with sandboxStatus threat; not stopped',
      gives: ERROR,
      holds: ({ isMalicious, isStopped }) => isMalicious && !isStopped,
    },
    { when: 'the same, stopped', gives: WARN, holds: ({ isMalicious }) => isMalicious },
    {
      when: 'triggeredClassifier phish, malware or impostor; not stopped',
      gives: WARN,
      holds: ({ isGrave, isStopped }) => isGrave && !isStopped,
    },
    {
      when: 'stopped, or disposition retry',
      gives: INFO2,
      holds: ({ isStopped, isRetried }) => isStopped || isRetried,
    },
    otherwise(INFO),
  ],
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
