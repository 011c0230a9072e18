/** The record's body: the event's own text, a map, or nothing of it. */
import type { AnyValue } from '@opentelemetry/api'
import { cap } from './values/cap.ts'
import { parse, type Reviver } from './values/text.ts'

export type BodyMode = 'original' | 'structured' | 'message' | 'none'

export interface Body {
  readonly value: AnyValue
  /** Paths of what was taken out to keep the size limit. */
  readonly removed: readonly string[]
  /** Bytes before it was cut; undefined when it was not. */
  readonly originalSize: number | undefined
}

/** The text, or what is left of it within `maxBytes`; for `structured` as a map if it is an object or list. */
export function bodyOf(text: string, mode: 'original' | 'structured', maxBytes: number): Body {
  const capped = cap(text, maxBytes)
  const kept = capped?.text ?? text
  const value = mode === 'original' ? kept : structured(kept)
  return { value, removed: capped?.removed ?? [], originalSize: capped?.originalSize }
}

/** Below this the rest is JSON text: exporters and stores walk maps by recursion. */
const DEEPEST = 64

/** Whole numbers beyond ±(2^53 - 1) have 16 digits at least. */
const LONG_DIGITS = /\d{16}/

/** Their digits, as text. */
const keepDigits: Reviver = (_key, value, context) =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? (context?.source ?? value)
    : value

/** The text itself when it is no object or list, or one so deep that the stack would not hold it. */
function structured(text: string): AnyValue {
  const parsed = parse(text, LONG_DIGITS.test(text) ? keepDigits : undefined)
  if (typeof parsed?.value !== 'object' || parsed.value === null) return text
  try {
    return shallow(parsed.value, 0)
  } catch (error) {
    if (error instanceof RangeError) return text
    throw error
  }
}

function shallow(value: unknown, depth: number): AnyValue {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return JSON.stringify(value)
  if (Array.isArray(value)) return value.map(element => shallow(element, depth + 1))
  const map: Record<string, AnyValue> = Object.create(null)
  for (const [key, child] of Object.entries(value)) map[key] = shallow(child, depth + 1)
  return map
}
