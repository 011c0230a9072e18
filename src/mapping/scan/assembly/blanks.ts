/** Blanks, as JavaScript trims them. */
import { BLANK } from '../../../ascii.ts'

/** Whether a text in UTF-8, which is not empty, may begin or end with a blank; some characters are taken for one that are none. */
export function areBlanksAround(from: i32, to: i32): bool {
  return mayBeBlank(from) || mayBeBlank(lastFrom(to))
}

/** The place of the character before `to`. */
function lastFrom(to: i32): i32 {
  let at = to - 1
  while ((load<u8>(at) & 0xc0) === 0x80) at--
  return at
}

/** Looks at the first two bytes of the character. */
function mayBeBlank(at: i32): bool {
  const first: i32 = load<u8>(at)
  if (first < 0x80) return first <= BLANK
  const second: i32 = load<u8>(at + 1)
  switch (first) {
    // U+00A0
    case 0xc2:
      return second === 0xa0
    // U+1680
    case 0xe1:
      return second === 0x9a
    // U+2000 to U+205F
    case 0xe2:
      return second <= 0x81
    // U+3000
    case 0xe3:
      return second === 0x80
    // U+FEFF
    case 0xef:
      return second === 0xbb
    default:
      return false
  }
}
