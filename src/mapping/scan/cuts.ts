/** The members that go from a text, as places: what `removeContent` cuts out of it. */
import { afterBlank, byteAt, COMMA } from './json.ts'

export interface Cuts {
  /** From, up to but without to, and again, in order and apart. */
  readonly places: readonly number[]
  /** The paths of the members, each once. */
  readonly paths: readonly string[]
}

export const noCuts: Cuts = { places: [], paths: [] }

/** Cuts in the making. */
export interface CutList {
  readonly places: number[]
  readonly paths: string[]
}

/** A member to be cut, and where its object's member before it ended; whether one of those before it stays. */
interface Member {
  readonly start: number
  readonly end: number
  readonly before: number
  readonly keptBefore: boolean
}

/** With one comma: that before the member, or that after it where nothing stays before. */
export function addCut({ places, paths }: CutList, member: Member, path: string): void {
  const { start, end, before, keptBefore } = member
  if (keptBefore) places.push(before, end)
  else places.push(start, afterComma(end))
  if (!paths.includes(path)) paths.push(path)
}

/** What is left of the bytes. */
export function without(bytes: Buffer, places: Cuts['places']): Buffer {
  if (places.length === 0) return bytes
  const kept: Buffer[] = []
  for (let i = 0, from = 0; i <= places.length; i += 2) {
    kept.push(bytes.subarray(from, places[i]))
    from = places[i + 1] ?? 0
  }
  return Buffer.concat(kept)
}

function afterComma(end: number): number {
  const comma = afterBlank(end)
  return byteAt(comma) === COMMA ? comma + 1 : end
}
