/** Reads the address lists of mail headers (RFC 5322, 3.4) as they occur: leniently, in linear time. */

/** An address as SMTP would take it, other than its letters: one `@`, no blanks outside a quoted local part. */
const ADDR_SPEC = /^(?:"(?:[^"\\]|\\.)*"|[^\s"(),:;<>@[\]\\]+)@(?:\[[^[\]\s]*\]|[^\s"(),:;<>@[\]\\]+)$/
const ENCODED_WORD = /=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=/y

/** An address alone, as most headers are: of no characters that mean anything else in a header. */
const ADDRESS_ALONE = /^[^\s"(),:;<=>@[\]\\]+@[^\s"(),:;<=>@[\]\\]+$/

/** What is longer is no address, and may be too long for a pattern. */
const LONGEST_ADDRESS = 4096
/** Of a longer header the beginning is read: it holds more addresses than an attribute. */
const LONGEST_HEADER = 1_048_576

interface Leniency {
  /** Whether a quotation mark opens a quoted string; false once one was found without its end. */
  readonly quotes: boolean
  /** The same for parentheses and comments. */
  readonly comments: boolean
}

/**
 * The bare addresses of one header value: display names, comments, groups, source routes and encoded words left out.
 * Parts that hold no address are skipped. Not normalised, duplicates kept.
 */
export function mailboxList(header: string): string[] {
  if (header.length <= LONGEST_ADDRESS && ADDRESS_ALONE.test(header)) return [header]
  return read(header.slice(0, LONGEST_HEADER), { quotes: true, comments: true })
}

function read(header: string, { quotes, comments }: Leniency): string[] {
  const found: string[] = []
  let outside = ''
  let angle: string | undefined
  let inAngle = false
  let isRoute = false
  /** In a domain literal, as in `user@[IPv6:::1]`, a colon ends no group name. */
  let inLiteral = false

  const append = (text: string) => {
    if (inAngle) angle += text
    else outside += text
  }
  const endMailbox = () => {
    const candidate = angle === undefined ? outside.trim() : unfolded(angle)
    if (candidate.length <= LONGEST_ADDRESS && ADDR_SPEC.test(candidate)) found.push(candidate)
    outside = ''
    angle = undefined
    inAngle = false
    inLiteral = false
  }

  for (let i = 0; i < header.length; i++) {
    const character = header[i] ?? ''
    if (character === '"' && quotes) {
      const end = quotedEnd(header, i)
      if (end < 0) return read(header, { quotes: false, comments })
      append(header.slice(i, end))
      i = end - 1
    } else if (character === '(' && comments) {
      const end = commentEnd(header, i)
      if (end < 0) return read(header, { quotes, comments: false })
      append(' ')
      i = end - 1
    } else if (character === '=' && header[i + 1] === '?') {
      ENCODED_WORD.lastIndex = i
      const word = ENCODED_WORD.exec(header)
      append(word ? ' ' : character)
      if (word) i += word[0].length - 1
    } else if (character === '<') {
      if (angle) endMailbox()
      angle = ''
      inAngle = true
      isRoute = header[i + 1] === '@'
    } else if (character === '>') {
      inAngle = false
    } else if (character === ',' || character === ';') {
      // The comma between the hosts of a source route, <@a,@b:user@c>, ends no mailbox.
      if (!(inAngle && isRoute)) endMailbox()
    } else if (character === ':' && !inLiteral) {
      if (inAngle) angle = ''
      else outside = ''
    } else {
      if (character === '[') inLiteral = true
      else if (character === ']') inLiteral = false
      append(character)
    }
  }
  endMailbox()
  return found
}

/** Blanks inside angle brackets come from folded lines. */
function unfolded(angle: string): string {
  return angle.includes('"') ? angle.trim() : angle.replace(/\s+/g, '')
}

function quotedEnd(header: string, start: number): number {
  for (let i = start + 1; i < header.length; i++) {
    if (header[i] === '\\') i++
    else if (header[i] === '"') return i + 1
  }
  return -1
}

function commentEnd(header: string, start: number): number {
  let depth = 0
  for (let i = start; i < header.length; i++) {
    if (header[i] === '\\') i++
    else if (header[i] === '(') depth++
    else if (header[i] === ')' && --depth === 0) return i + 1
  }
  return -1
}
