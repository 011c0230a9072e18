/** From bytes to text to values, for input that is nearly right. */

import { isUtf8 } from 'node:buffer'
import { BACKSLASH, BLANK, CARRIAGE_RETURN, LINE_FEED, MINUS, NINE, QUOTE, ZERO } from '../../ascii.ts'
import { BYTE_ORDER_MARK, stringEnd } from './json-text.ts'
import { parseJson } from './parse-json.ts'

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

/** What is to stand in place of a number, whose digits are `source`: JSON as well. */
export type RewriteNumber = (source: string) => string

/**
 * Reads JSON, with or without a byte order mark. The wire has raw control characters inside strings: then `repaired` is
 * true. Undefined when the text is not JSON. A key `__proto__` is a key like any other.
 */
export function parse(
  text: string,
  rewriteNumber?: RewriteNumber,
): { value: unknown; repaired: boolean } | undefined {
  const json = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
  try {
    return { value: parseRewritten(json, rewriteNumber), repaired: false }
  } catch (error) {
    const repaired = error instanceof SyntaxError ? escapeControls(json) : json
    if (repaired === json) return undefined
    try {
      return { value: parseRewritten(repaired, rewriteNumber), repaired: true }
    } catch {
      return undefined
    }
  }
}

/**
 * Never with a reviver, which would be told the digits: in V8 (Node 26) `JSON.parse` with one writes to memory that was freed
 * when a long and deep text breaks off, and the process dies of it, sooner or later.
 */
function parseRewritten(json: string, rewriteNumber: RewriteNumber | undefined): unknown {
  const value = parseJson(json)
  return rewriteNumber ? parseJson(withNumbers(json, rewriteNumber)) : value
}

const NUMBER = /[-+.\dEe]+/y

/** The same JSON with its numbers rewritten. */
function withNumbers(json: string, rewrite: RewriteNumber): string {
  let written = ''
  let copied = 0
  for (let i = 0; i < json.length; ) {
    const code = json.charCodeAt(i)
    if (code === QUOTE) i = stringEnd(json, i)
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = i
      const [source = ''] = NUMBER.exec(json) ?? []
      const rewritten = rewrite(source)
      // What stays is not copied by itself: a number can be one of millions.
      if (rewritten !== source) {
        written += json.slice(copied, i) + rewritten
        copied = i + source.length
      }
      i += source.length
    } else i++
  }
  return written + json.slice(copied)
}

function escapeControls(json: string): string {
  let escaped = ''
  let copied = 0
  let inString = false
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === QUOTE) inString = !inString
    else if (code === BACKSLASH && inString) i++
    else if (code < BLANK && inString) {
      escaped += json.slice(copied, i) + JSON.stringify(json[i]).slice(1, -1)
      copied = i + 1
    }
  }
  return escaped + json.slice(copied)
}
