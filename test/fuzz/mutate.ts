/** Damage: what becomes of a valid record on a wire that nobody promises. The same draws do the same damage. */
import type { Draws } from '../../src/simulator/random.ts'

/** Between one and four mutations, each of bytes or of structure. Never empty: an empty frame is no event. */
export function mutated(source: Buffer, other: Buffer, draws: Draws): Buffer {
  let bytes = source
  for (let times = 1 + draws.below(4); times > 0; times--)
    bytes = draws.chance(0.5) ? mutatedBytes(bytes, other, draws) : mutatedStructure(bytes, draws)
  return bytes.length > 0 ? bytes : Buffer.from('\0')
}

/** What breaks parsers: quotes, brackets, escapes, control characters, pieces of UTF-8. */
const oddBytes = [0x00, 0x0a, 0x1f, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x65, 0x75]
const oddPieces = ['{', '}', '\\ud800', '\\u0000', '"', '\\', ',', '[', ']', '1e999', '-0', ':null', '/*']
  .map(text => Buffer.from(text))
  .concat([
    Buffer.from([0x80]),
    Buffer.from([0xff]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xf0, 0x9f]),
  ])

function mutatedBytes(bytes: Buffer, other: Buffer, draws: Draws): Buffer {
  const at = draws.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + draws.below(draws.chance(0.1) ? bytes.length + 1 : 16))
  const [before, within, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
  switch (draws.below(7)) {
    case 0:
      return Buffer.concat([before, within.map(byte => byte ^ (1 << draws.below(8))), after])
    case 1:
      return Buffer.concat([before, within.map(() => draws.pick(oddBytes)), after])
    case 2:
      return Buffer.concat([before, after])
    case 3:
      return Buffer.concat([before, within, within, after])
    case 4:
      return Buffer.concat([before, draws.pick(oddPieces), within, after])
    case 5:
      return before
    default:
      return Buffer.concat([before, other.subarray(draws.below(other.length + 1))])
  }
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

function mutatedStructure(bytes: Buffer, draws: Draws): Buffer {
  let value: Json
  try {
    value = JSON.parse(bytes.toString())
  } catch {
    return bytes
  }
  return Buffer.from(JSON.stringify(changed(value, draws)) ?? 'null')
}

/** The value with one place in it changed, as deep as the draws go. */
function changed(value: Json, draws: Draws): Json {
  if (typeof value !== 'object' || value === null || draws.chance(0.1)) return odd(value, draws)
  if (Array.isArray(value)) return changedArray(value, draws)
  const keys = Object.keys(value)
  if (keys.length === 0) return odd(value, draws)
  const key = draws.pick(keys)
  const { [key]: child = null, ...rest } = value
  switch (draws.below(6)) {
    case 0:
      return rest
    case 1:
      return { ...rest, [draws.pick([...oddKeys, key.toUpperCase(), ...keys])]: child }
    case 2:
      // Assigning would set the prototype.
      return Object.defineProperty({ ...value }, draws.pick(oddKeys), {
        value: odd(child, draws),
        enumerable: true,
      })
    default:
      return { ...value, [key]: changed(child, draws) }
  }
}

function changedArray(value: Json[], draws: Draws): Json {
  const at = draws.below(value.length + 1)
  const child = value[at] ?? null
  switch (draws.below(4)) {
    case 0:
      return value.toSpliced(at, 1)
    case 1:
      return value.toSpliced(at, 0, child, child)
    case 2:
      return value.toReversed()
    default:
      return value.toSpliced(at, 1, changed(child, draws))
  }
}

const oddKeys = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'length',
  'guid',
  'id',
  'ts',
  'a.b',
  '\ud800',
  '[]',
]
const oddTexts = [
  '',
  ' ',
  'null',
  'NaN',
  '0',
  '\ud800',
  '\udfff\ud800',
  '\0',
  '\u2028',
  '<>',
  '@',
  'a@',
  '😀',
]
const oddTimes = [
  '1969-12-31T23:59:59Z',
  '2262-04-12T00:00:00Z',
  '9999-99-99T99:99:99Z',
  '2026-02-30T25:00:00+99:99',
]
const oddNumbers = [0, -0, -1, 0.1, 2 ** 53, -(2 ** 63), 1e308, 5e-324, 2 ** 31, 253_402_300_800_000]

function odd(value: Json, draws: Draws): Json {
  switch (draws.below(9)) {
    case 0:
      return null
    case 1:
      return draws.chance(0.5)
    case 2:
      return draws.pick(oddNumbers)
    case 3:
      return draws.pick([...oddTexts, ...oddTimes])
    case 4:
      return [value]
    case 5:
      return { [draws.pick(oddKeys)]: value }
    case 6:
      return typeof value === 'string' ? value.repeat(draws.below(draws.chance(0.01) ? 5_000 : 4)) : []
    case 7:
      return nested(value, draws.below(draws.chance(0.01) ? 3_000 : 70))
    default:
      return typeof value === 'string' ? value.slice(draws.below(value.length + 1)) : JSON.stringify(value)
  }
}

function nested(value: Json, levels: number): Json {
  let deep = value
  for (let level = 0; level < levels; level++) deep = level % 2 ? [deep] : { a: deep }
  return deep
}
