/** Looks at events along the paths of the tables: one element instead of a list is a list of one. */
import { type Segment, segmentsOf } from '../../src/mapping/paths.ts'

/** Whether a key of the event is the one of the path. */
export type SameKey = (key: string, other: string) => boolean

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every value at the path, or below it when it ends in `*`. */
export function valuesAt(event: unknown, path: string, sameKey: SameKey): unknown[] {
  return found(event, segmentsOf(path), sameKey)
}

function found(value: unknown, segments: readonly Segment[], sameKey: SameKey): unknown[] {
  const [segment, ...rest] = segments
  if (segment === undefined) return [value]
  if (segment === '*') return isObject(value) ? Object.values(value) : [value]
  if (segment === '[]') return [value].flat().flatMap(element => found(element, rest, sameKey))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, child]) =>
    sameKey(key, segment.key) ? found(child, rest, sameKey) : [],
  )
}

/** The event without what stands at the path. */
export function without(event: unknown, path: string, sameKey: SameKey): unknown {
  return kept(event, segmentsOf(path), sameKey)
}

function kept(value: unknown, segments: readonly Segment[], sameKey: SameKey): unknown {
  const [segment, ...rest] = segments
  if (segment === undefined || segment === '*') return undefined
  if (segment === '[]') {
    if (rest.length === 0) return undefined
    return Array.isArray(value)
      ? value.map(element => kept(element, rest, sameKey))
      : kept(value, rest, sameKey)
  }
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      const left = sameKey(key, segment.key) ? kept(child, rest, sameKey) : child
      return left === undefined ? [] : [[key, left]]
    }),
  )
}
