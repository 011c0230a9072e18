/** From bytes to text to values, for input that is nearly right. */
import { isUtf8 } from 'node:buffer'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const BYTE_ORDER_MARK = 0xfeff

/**
 * Reads UTF-8 without its final line break. Invalid sequences become U+FFFD, then `valid` is false.
 * A byte order mark stays: it was received.
 */
export function decode(bytes: Buffer): { text: string; valid: boolean } {
  const line = withoutLineBreak(bytes)
  return { text: line.toString('utf8'), valid: isUtf8(line) }
}

/** The bytes without one line break at their end. */
export function withoutLineBreak(bytes: Buffer): Buffer {
  let end = bytes.length
  if (bytes[end - 1] === LINE_FEED) end -= bytes[end - 2] === CARRIAGE_RETURN ? 2 : 1
  return end === bytes.length ? bytes : bytes.subarray(0, end)
}

/** As for `JSON.parse`; `context.source` is the text of a value that is neither object nor list. */
export type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/**
 * Reads JSON, with or without a byte order mark. The wire has raw control characters inside strings: then `repaired` is
 * true. Undefined when the text is not JSON. A key `__proto__` is a key like any other.
 */
export function parse(text: string, reviver?: Reviver): { value: unknown; repaired: boolean } | undefined {
  const json = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
  try {
    return { value: parseJson(json, reviver), repaired: false }
  } catch (error) {
    const repaired = error instanceof SyntaxError ? escapeControls(json) : json
    if (repaired === json) return undefined
    try {
      return { value: parseJson(repaired, reviver), repaired: true }
    } catch {
      return undefined
    }
  }
}

/**
 * A reviver only sees what was parsed without one before: in V8 (Node 26) `JSON.parse` with a reviver writes to memory that
 * was freed when a long and deep text breaks off, and the process dies of it, sooner or later.
 */
function parseJson(json: string, reviver: Reviver | undefined): unknown {
  const value: unknown = JSON.parse(json)
  return reviver ? JSON.parse(json, reviver) : value
}

function escapeControls(json: string): string {
  let escaped = ''
  let copied = 0
  let inString = false
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === QUOTE) inString = !inString
    else if (code === BACKSLASH && inString) i++
    else if (code < 0x20 && inString) {
      escaped += json.slice(copied, i) + JSON.stringify(json[i]).slice(1, -1)
      copied = i + 1
    }
  }
  return escaped + json.slice(copied)
}
