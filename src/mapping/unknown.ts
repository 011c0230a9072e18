/** Tells what no rule reads. */
import { isEmpty } from './forms.ts'

/**
 * Told the path of what no rule reads: unknown, known with another type (`path:type`), or not in the notation that it must
 * have (`path:unreadable`). Indices are `[]`. Answers whether it takes more.
 */
export type OnUnknown = (path: string) => boolean

/** Below this an unknown structure counts as one: so deep is nothing that Proofpoint means. */
const DEEPEST = 64
const LONGEST_PATH = 256

/** Tells the path of every value in what no table knows. False when enough was told. */
export function reportLeaves(value: unknown, path: string, onUnknown: OnUnknown, depth = 0): boolean {
  const begin = path.slice(0, LONGEST_PATH)
  if (depth >= DEEPEST || isEmpty(value) || typeof value !== 'object' || value === null)
    return onUnknown(begin)
  if (Array.isArray(value)) {
    const inside = `${begin}[]`
    return value.every(child => reportLeaves(child, inside, onUnknown, depth + 1))
  }
  return Object.entries(value).every(([key, child]) =>
    reportLeaves(child, `${begin}.${key}`, onUnknown, depth + 1),
  )
}
