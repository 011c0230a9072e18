/** What the threats of a TAP event come to. A threat counts while it is active; one without status is. */
import { ERROR, ERROR2, ERROR3, INFO, INFO2, type Severity, WARN, WARN2 } from '../severity.ts'
import { type EventTime, parseTime } from '../values/time.ts'
import { type Rule, rule } from './rule.ts'
import { firstCase, type SeverityCase, type SeverityRule } from './severity-rule.ts'

export type TapDisposition = 'delivered' | 'blocked' | 'permitted'
type Column = readonly (string | undefined)[]

const word = (value: string | undefined): string => value?.trim().toLowerCase() ?? ''

/** malware > phish = impostor = toad = unknown > spam */
function rank(classification: string): 1 | 2 | 3 {
  if (classification === 'malware') return 3
  return classification === 'spam' ? 1 : 2
}

/** The most severe class of the active threats, the first of equals; '' is a threat without a class. */
function top(classifications: Column, statuses: Column): string | undefined {
  let best: string | undefined
  for (let i = 0; i < Math.max(classifications.length, statuses.length); i++) {
    const status = word(statuses[i])
    if (status !== '' && status !== 'active') continue
    const classification = word(classifications[i])
    if (best === undefined || rank(classification) > rank(best)) best = classification
  }
  return best
}

export const topClassification: Rule<string> = rule(
  'lower case; of the active ones the most severe: malware, then phish, impostor, toad and unknown words, then spam',
  ['text[]', 'text[]'],
  (classifications = [], statuses = []) => top(classifications, statuses) || undefined,
)

/** The same for an event with one threat. Takes class and state. */
export const topClassificationOfOne: Rule<string> = rule(
  'lower case; only of an active threat',
  ['text', 'text'],
  (classification, status) => top([classification], [status]) || undefined,
)

const ACTIVE = 'A threat is active when its `threatStatus` is `active`, in any case, or is missing'

const threatCases = (high: Severity, middle: Severity, low: Severity): SeverityCase<string | undefined>[] => [
  { when: 'active malware', gives: high, holds: active => active !== undefined && rank(active) === 3 },
  {
    when: 'active phish, impostor, toad, or an active threat of an unknown class or none',
    gives: middle,
    holds: active => active !== undefined && rank(active) === 2,
  },
  { when: 'active spam only', gives: low, holds: active => active !== undefined },
  { when: 'no active threat', gives: INFO, holds: () => true },
]

const messageCases = {
  delivered: threatCases(ERROR2, ERROR, WARN),
  blocked: threatCases(WARN2, WARN, INFO2),
}
const clickCases = {
  permitted: threatCases(ERROR3, ERROR2, WARN2),
  blocked: threatCases(WARN2, WARN2, INFO2),
}

/** Takes the columns of classes and states. */
export const messageSeverity = (disposition: keyof typeof messageCases): SeverityRule =>
  firstCase(
    ACTIVE,
    ['text[]', 'text[]'],
    (classifications = [], statuses = []) => top(classifications, statuses),
    messageCases[disposition],
  )

/** Takes class and state. A click without a class is one of a threat nobody named. */
export const clickSeverity = (disposition: keyof typeof clickCases): SeverityRule =>
  firstCase(
    ACTIVE,
    ['text', 'text'],
    (classification, status) => top([classification], [status]),
    clickCases[disposition],
  )

/** When the event became known as a threat: takes the time of the event and those of its threats; the latest counts. */
export const created: Rule<EventTime> = rule('the later', ['text', 'text[]'], (own, threats = []) =>
  latest([own, ...threats]),
)

/** The same for an event with one threat. */
export const createdOfOne: Rule<EventTime> = rule('the later', ['text', 'text'], (own, threat) =>
  latest([own, threat]),
)

function latest(texts: Column): EventTime | undefined {
  let latestTime: EventTime | undefined
  for (const text of texts) {
    const time = text === undefined ? undefined : parseTime(text)
    if (time && (!latestTime || isLater(time, latestTime))) latestTime = time
  }
  return latestTime
}

function isLater({ hrTime: [a, aNanos] }: EventTime, { hrTime: [b, bNanos] }: EventTime): boolean {
  return a === b ? aNanos > bNanos : a > b
}

/** The whole event in a few words. Takes the columns of classes and states. */
export const messageSummary = (disposition: TapDisposition): Rule<string> =>
  rule('', ['text[]', 'text[]'], (classifications = [], statuses = []) => {
    const classification = top(classifications, statuses) || 'no active threat'
    const threats = Math.max(classifications.length, statuses.length)
    return `${capital(disposition)} message: ${classification}, ${threats} ${threats === 1 ? 'threat' : 'threats'}`
  })

export const clickSummary = (disposition: TapDisposition): Rule<string> =>
  rule(
    '',
    ['text'],
    classification => `${capital(disposition)} click: ${word(classification) || 'unknown threat'}`,
  )

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
