/** The record's body: the event's own text, a map, or nothing of it. */
import type { AnyValue } from '@opentelemetry/api'
import { cap } from './values/cap.ts'
import { stringEnd } from './values/json-text.ts'
import { parse, type RewriteNumber } from './values/text.ts'

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

/** Only such a text can hold a number that JavaScript cannot: one of 16 digits, or with an exponent of three. */
const LONG_NUMBER = /\d[\d.]{15}|[eE][+-]?\d{3}/

/** Numbers that JavaScript would change, as they were sent. */
const keepDigits: RewriteNumber = source => (isExact(Number(source), source) ? source : `"${source}"`)

function isExact(value: number, source: string): boolean {
  const [digits = ''] = source.split(/[eE]/)
  const significant = digits.replace(/^-?[0.]*/, '').replace('.', '')
  if (!Number.isFinite(value) || (value === 0 && significant !== '')) return false
  return significant.length <= 15 || String(value) === source
}

/**
 * The text itself when it is no object or list, or one that a map cannot hold: with a key twice in one object, a key that
 * is no Unicode, or so deep that the stack would not hold it.
 */
function structured(text: string): AnyValue {
  const parsed = parse(text, LONG_NUMBER.test(text) ? keepDigits : undefined)
  if (typeof parsed?.value !== 'object' || parsed.value === null) return text
  if (countMembers(text) !== countKeys(parsed.value)) return text
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
  for (const [key, child] of Object.entries(value)) {
    if (!key.isWellFormed()) throw new RangeError('no Unicode')
    map[key] = shallow(child, depth + 1)
  }
  return map
}

/** In JSON, by the colons outside of strings. */
function countMembers(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '"') i = stringEnd(text, i) - 1
    else if (character === ':') count++
  }
  return count
}

function countKeys(root: object): number {
  let count = 0
  const left: unknown[] = [root]
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const children = Array.isArray(value) ? value : Object.values(value)
    if (children !== value) count += children.length
    for (const child of children) if (typeof child === 'object') left.push(child)
  }
  return count
}
