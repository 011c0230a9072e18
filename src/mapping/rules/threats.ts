/** What the threats of a TAP event come to. A threat counts while it is active; one without status is. */
import { ERROR, ERROR2, ERROR3, INFO, INFO2, type Severity, WARN, WARN2 } from '../severity.ts'
import { type EventTime, parseTime } from '../values/time.ts'
import { type Rule, rule } from './rule.ts'

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

const messageSeverities = { delivered: [WARN, ERROR, ERROR2], blocked: [INFO2, WARN, WARN2] } as const
const clickSeverities = { permitted: [WARN2, ERROR2, ERROR3], blocked: [INFO2, WARN2, WARN2] } as const

function threatSeverity(
  [low, middle, high]: readonly [Severity, Severity, Severity],
  active: string | undefined,
): Severity {
  if (active === undefined) return INFO
  return [low, middle, high][rank(active) - 1] ?? INFO
}

/** Takes the columns of classes and states. */
export const messageSeverity = (disposition: keyof typeof messageSeverities): Rule<Severity> =>
  rule('by the most severe active threat', ['text[]', 'text[]'], (classifications = [], statuses = []) =>
    threatSeverity(messageSeverities[disposition], top(classifications, statuses)),
  )

/** Takes class and state. A click without a class is one of a threat nobody named. */
export const clickSeverity = (disposition: keyof typeof clickSeverities): Rule<Severity> =>
  rule('by the class of the threat, if active', ['text', 'text'], (classification, status) =>
    threatSeverity(clickSeverities[disposition], top([classification], [status])),
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
