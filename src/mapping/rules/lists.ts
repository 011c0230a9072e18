/** Rules for lists. A list without a value says nothing. */
import type { Form } from '../slots.ts'
import { addresses as bareAddresses, mailboxes as mailboxAddresses } from '../values/address.ts'
import { copyingOf, type Rule, readabilityOf, rule, type ValueRule } from './rule.ts'

const says = (words: string, { says: each }: Rule<unknown>): string => (each ? `${words}, ${each}` : words)

/** A list of its own: `form` is the form of its elements, `of` what is made of one. */
function list<F extends Form, V>(
  words: string,
  form: F,
  of: (values: NonNullable<ListOf<F>>) => V | undefined,
): Rule<V> {
  return {
    says: words,
    reads: [`${form}[]`],
    derive: values => of(values as ListOf<F>),
  }
}
type ListOf<F extends Form> = readonly (Parameters<ValueRule<F, unknown>['of']>[0] | undefined)[]

/** Each element that has a value. */
export const each = <F extends Form>(element: ValueRule<F, string>): Rule<string[]> => ({
  ...list(says('each', element), element.form, values => present(values, element)),
  ...readabilityOf(element),
  ...copyingOf(element, 'each'),
})

/** Each different value once, in their order. Not copied: values may become equal in lower case. */
export const eachOnce = <F extends Form>(element: ValueRule<F, string>): Rule<string[]> =>
  list(says('each once', element), element.form, values => [...new Set(present(values, element))])

/** The first element that has a value. */
export const first = <F extends Form, V>(element: ValueRule<F, V>): Rule<V> => ({
  ...list(says('first', element), element.form, values => {
    for (const value of values) {
      const derived = value === undefined ? undefined : element.of(value)
      if (derived !== undefined) return derived
    }
    return undefined
  }),
  ...copyingOf(element, 'first'),
})

/** A single value, sent as a list because other kinds have several. */
export const single = <F extends Form>(element: ValueRule<F, string>): Rule<string[]> => ({
  says: says('one element', element),
  reads: element.reads,
  ...readabilityOf(element),
  derive: value => {
    const derived = element.derive(value)
    return derived === undefined ? undefined : [derived]
  },
})

const sameAddresses = { ofPlain: { how: 'each once', only: 'mail addresses' } } as const

export const addresses: Rule<string[]> = {
  ...list('bare addresses, domains in lower case, each once', 'text', bareAddresses),
  ...sameAddresses,
}

export const mailboxes: Rule<string[]> = {
  ...list('bare addresses of the mailboxes', 'text', mailboxAddresses),
  ...sameAddresses,
}

export const count: Rule<number> = {
  ...rule('how many', ['count'], elements => elements),
  ofPlain: { how: 'one' },
}

/** True when it is true of any element; nothing when no element says so or not. */
export const any: Rule<boolean> = {
  ...rule('true if any is', ['boolean[]'], values =>
    values?.some(value => value !== undefined) ? values.includes(true) : undefined,
  ),
  ofPlain: { how: 'any' },
}

function present<V>(
  values: readonly (V | undefined)[],
  { of }: { of: (value: V) => string | undefined },
): string[] {
  const found: string[] = []
  for (const value of values) {
    const derived = value === undefined ? undefined : of(value)
    if (derived !== undefined) found.push(derived)
  }
  return found
}
