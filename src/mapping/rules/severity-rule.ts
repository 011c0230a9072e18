/** Rules for the severity: the list of cases that decides is the one that the documentation shows. */
import type { Severity } from '../severity.ts'
import type { SlotForm, SlotValue } from '../slots.ts'
import { type Rule, rule } from './rule.ts'

export interface SeverityCase<F> {
  /** The condition in words. */
  readonly when: string
  readonly gives: Severity
  readonly holds: (facts: F) => boolean
}

/** `says` defines the words of the conditions. */
export interface SeverityRule extends Rule<Severity> {
  readonly cases: readonly Pick<SeverityCase<never>, 'when' | 'gives'>[]
}

/** The first case that holds. `ownText`: the source's own word, which goes before that of the case. */
export function firstCase<const R extends readonly SlotForm[], F>(
  says: string,
  reads: R,
  factsOf: (...slots: { [I in keyof R]: SlotValue[R[I]] | undefined }) => F,
  cases: readonly SeverityCase<F>[],
  ownText: (facts: F) => string = () => '',
): SeverityRule {
  const decide = rule(says, reads, (...slots) => {
    const facts = factsOf(...slots)
    const found = cases.find(({ holds }) => holds(facts))
    return found && { number: found.gives.number, text: ownText(facts) || found.gives.text }
  })
  return { ...decide, cases }
}

/** The last case, for what none before holds. */
export const otherwise = (gives: Severity): SeverityCase<unknown> => ({
  when: 'else',
  gives,
  holds: () => true,
})
