import type { Form, SlotForm, SlotValue, ValueOfForm } from '../slots.ts'

/** How a value is derived from slots. Pure, total, and never sees the event. */
export interface Rule<V> {
  /** For the documentation: what it does to the value. Empty when it only passes it on. */
  readonly says: string
  /** The forms of the slots that it takes, in order; the last ones may be left out. */
  readonly reads: readonly SlotForm[]
  /**
   * Undefined means that there is nothing to say. The collector keeps the promise of `reads`; a rule that reads one slot is
   * not asked when it is empty.
   */
  readonly derive: (...slots: readonly unknown[]) => V | undefined
  /** Of a single value of the first slot that is not blank: false when the rule leaves it out because it cannot read it. */
  readonly isReadable?: ((value: unknown) => boolean) | undefined
  /**
   * Of a rule with `isReadable`: all values of this notation are, so that it need not be asked. `numbers`: of up to six digits
   * before the point, and any sign; the others as in assembly/notations.ts.
   */
  readonly surelyReadable?: 'numbers' | 'times' | 'IPv4 addresses' | undefined
  /** Of a rule that does no more to plain values, which so can be copied without it. */
  readonly ofPlain?: Copying | undefined
}

/**
 * What a rule comes to where its values are plain: a text that is not empty and has no blanks around it, a whole number from 0 to
 * 999,999,999, true or false; for nanoseconds also a number with up to nine digits behind the point. assembly/copy.ts does it,
 * again.ts what was said before. A new `how`, `as` or `only` needs a number in layout.ts, its row in copier.ts, a case in copy.ts,
 * its slots in plan.ts, and `npm run scan:build`; copied.test.ts holds it against the rule.
 */
export interface Copying {
  readonly how: /** The value as it is. */
    | 'one'
    /** Of a column the values. */
    | 'each'
    /** The values, as long as no two are equal. */
    | 'each once'
    /** The values, with '' for each element without one. */
    | 'aligned'
    /** The first value. */
    | 'first'
    /** Whether any value is true. */
    | 'any'
    /** As the rules of these names, from all their slots (groups.ts, pod-message.ts). */
    | 'stacked'
    | 'attached'
    | 'final'
    /** What the rule said of the same text before: for texts of which there are few. Of one slot. */
    | 'again'
  /** What is made of each value: nothing is of texts beyond ASCII. Nanoseconds: of up to 999,999 seconds. */
  readonly as?: 'lower case' | 'without brackets' | 'nanoseconds'
  /** Other texts are not plain; an address stands as the rule would write it. */
  readonly only?: 'mail addresses' | 'IPv4 addresses'
}

/** Of a rule over a column: what is readable of its elements. */
export const readabilityOf = ({
  isReadable,
  surelyReadable,
}: Rule<unknown>): Pick<Rule<never>, 'isReadable' | 'surelyReadable'> => ({ isReadable, surelyReadable })

/** The rule over one text, of which there are few: what it says is remembered, so that it is seldom asked. */
export const ofFew = <V>(rule: ValueRule<'text', V>): ValueRule<'text', V> => ({
  ...rule,
  ofPlain: { how: 'again' },
})

/** The same for the values of a column. */
export const copyingOf = (
  { ofPlain }: Rule<unknown>,
  how: Exclude<Copying['how'], 'one'>,
): Pick<Rule<never>, 'ofPlain'> => (ofPlain?.how === 'one' ? { ofPlain: { ...ofPlain, how } } : {})

/** A rule over several slots; each may be undefined. */
export function rule<const R extends readonly SlotForm[], V>(
  says: string,
  reads: R,
  derive: (...slots: { [I in keyof R]: SlotValue[R[I]] | undefined }) => V | undefined,
): Rule<V> {
  return { says, reads, derive: derive as (...slots: readonly unknown[]) => V | undefined }
}

/** A rule over one single value, which can be used for each element of a list as well. */
export interface ValueRule<F extends Form, V> extends Rule<V> {
  readonly form: F
  readonly of: (value: ValueOfForm[F]) => V | undefined
}

export function valueRule<F extends Form, V>(
  says: string,
  form: F,
  of: (value: ValueOfForm[F]) => V | undefined,
): ValueRule<F, V> {
  return { says, reads: [form], derive: of as (value: unknown) => V | undefined, form, of }
}

/** A rule over a value that must have a certain notation: what gives nothing, and is not blank, could not be read. */
export function notation<F extends Form, V>(
  says: string,
  form: F,
  of: (value: ValueOfForm[F]) => V | undefined,
  surelyReadable?: Rule<V>['surelyReadable'],
): ValueRule<F, V> {
  return {
    ...valueRule(says, form, of),
    isReadable: value => of(value as ValueOfForm[F]) !== undefined,
    surelyReadable,
  }
}
