/** The members that go from a text, as places: what `removeContent` cuts out of it. */

export interface Cuts {
  /** From, up to but without to, and again, in order and apart. Of a scanned text: good until another one is scanned, or a tree is added. */
  readonly places: ArrayLike<number>
  /** The paths of the members, each once. */
  readonly paths: readonly string[]
}

export const noCuts: Cuts = { places: [], paths: [] }

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
