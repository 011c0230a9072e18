/** The random part of a ULID. */
export const DIGEST_BYTES = 10

const FIRST_SLOTS = 256

/** A set of uid digests in flat memory: 13 to 27 bytes each, where a `Set` of strings takes over a hundred. */
export interface DigestSet {
  /** Memory taken. */
  readonly bytes: number
  /** Whether the ten bytes of `digests` at `offset` are in the set. */
  has(digests: Buffer, offset?: number): boolean
  /** Adds each ten bytes of `digests`. */
  add(digests: Buffer): void
}

/**
 * Open addressing; a digest is its own hash. The empty slot is written as a digest of ten zero bytes, so that one is
 * never found: its event would be delivered again, not lost.
 */
export function digestSet(): DigestSet {
  let slots = emptySlots(FIRST_SLOTS)
  let count = 0

  /** The slot that holds the digest, or the empty one where it belongs. */
  function find({ high, middle, low }: Slots, a: number, b: number, c: number): number {
    const mask = high.length - 1
    let i = a & mask
    while (
      (high[i] !== a || middle[i] !== b || low[i] !== c) &&
      (high[i] !== 0 || middle[i] !== 0 || low[i] !== 0)
    ) {
      i = (i + 1) & mask
    }
    return i
  }

  function put(into: Slots, a: number, b: number, c: number): void {
    const i = find(into, a, b, c)
    if (into.high[i] === 0 && into.middle[i] === 0 && into.low[i] === 0) count++
    into.high[i] = a
    into.middle[i] = b
    into.low[i] = c
  }

  function grow(): void {
    const full = slots
    slots = emptySlots(full.high.length * 2)
    count = 0
    for (let i = 0; i < full.high.length; i++) {
      const [a = 0, b = 0, c = 0] = [full.high[i], full.middle[i], full.low[i]]
      if (a !== 0 || b !== 0 || c !== 0) put(slots, a, b, c)
    }
  }

  return {
    get bytes() {
      return slots.high.length * DIGEST_BYTES
    },
    has(digests, offset = 0) {
      const [a, b, c] = [
        digests.readUInt32BE(offset),
        digests.readUInt32BE(offset + 4),
        digests.readUInt16BE(offset + 8),
      ]
      const i = find(slots, a, b, c)
      return slots.high[i] !== 0 || slots.middle[i] !== 0 || slots.low[i] !== 0
    },
    add(digests) {
      for (let at = 0; at + DIGEST_BYTES <= digests.length; at += DIGEST_BYTES) {
        if (count * 4 >= slots.high.length * 3) grow()
        put(slots, digests.readUInt32BE(at), digests.readUInt32BE(at + 4), digests.readUInt16BE(at + 8))
      }
    },
  }
}

interface Slots {
  readonly high: Uint32Array
  readonly middle: Uint32Array
  readonly low: Uint16Array
}

const emptySlots = (length: number): Slots => ({
  high: new Uint32Array(length),
  middle: new Uint32Array(length),
  low: new Uint16Array(length),
})
