/** How the forms of slots are read from JSON values. */
import type { Form, ValueOfForm } from './slots.ts'

/** Whether a value says nothing: blank text, an empty object or an empty list. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

const DECIMAL = /^\s*[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/

/** A pattern need not take more. */
const LONGEST_NUMBER = 1024

/** JavaScript has changed the digits of whole numbers beyond ±(2^53 - 1): they are left to the body. */
function exact(value: number): number | undefined {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))
    ? value
    : undefined
}

/** How each form is read; undefined when the value is of another type. */
export const readers: { readonly [F in Form]: (value: unknown) => ValueOfForm[F] | undefined } = {
  text: value => (typeof value === 'string' ? value : undefined),
  number: value => {
    if (typeof value === 'number') return exact(value)
    return typeof value === 'string' && value.length <= LONGEST_NUMBER && DECIMAL.test(value)
      ? exact(Number(value))
      : undefined
  },
  boolean: value => {
    if (typeof value === 'boolean') return value
    const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
    if (word === 'true') return true
    return word === 'false' ? false : undefined
  },
  scalar: value => {
    if (typeof value === 'number') return exact(value)?.toString()
    return typeof value === 'boolean' || typeof value === 'string' ? String(value) : undefined
  },
}
