/**
 * Finds values inside JSON text without parsing it, so that parts can be cut out and every other byte stays as received.
 * Meant for JSON, but safe for any text: what is no JSON gives -1 or an odd place, never an exception.
 */
import {
  BACKSLASH,
  BLANK,
  CARRIAGE_RETURN,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  LINE_FEED,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  TAB,
} from '../../ascii.ts'

export const BYTE_ORDER_MARK = 0xfeff

/** The first place from `at` on that holds no blank. */
export function skipBlank(text: string, at: number): number {
  let i = at
  while (i < text.length && isBlank(text.charCodeAt(i))) i++
  return i
}

/** The first place of the blanks that end before `at`; `at` itself when there are none. */
export function blankBefore(text: string, at: number): number {
  let i = at
  while (i > 0 && isBlank(text.charCodeAt(i - 1))) i--
  return i
}

/** The place after the string whose opening quote is at `at`; -1 when it does not end. */
export function stringEnd(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
  return -1
}

/** The place after the value that begins at `at`; -1 when it does not end. */
export function valueEnd(text: string, at: number): number {
  if (text.charCodeAt(at) === QUOTE) return stringEnd(text, at)
  if (!isOpening(text.charCodeAt(at))) return scalarEnd(text, at)
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      i = stringEnd(text, i) - 1
      if (i < 0) return -1
    } else if (isOpening(code)) depth++
    else if (isClosing(code) && --depth === 0) return i + 1
  }
  return -1
}

/** A member of an object or an element of a list, by its places in the text. */
export interface Child {
  /** Where its key or, in a list, its value begins. */
  readonly start: number
  /** Where its value begins. */
  readonly value: number
}

/**
 * Calls `visit` with each child of the object or list that begins at `at`; `visit` answers with the place after the
 * child's value. Returns the place after the closing bracket; -1 when the text is no JSON there.
 */
export function eachChild(text: string, at: number, visit: (child: Child) => number): number {
  const keyed = text[at] === '{'
  let next = skipBlank(text, at + 1)
  if (isClosing(text.charCodeAt(next))) return next + 1
  while (next < text.length) {
    const start = next
    const value = keyed ? afterColon(text, start) : start
    const end = value < 0 ? -1 : visit({ start, value })
    // A value without a length would be met for ever.
    if (end <= value) return -1
    next = skipBlank(text, end)
    if (isClosing(text.charCodeAt(next))) return next + 1
    if (text.charCodeAt(next) !== COMMA) return -1
    next = skipBlank(text, next + 1)
  }
  return -1
}

/** Whether an object or a list begins at `at`. */
export function isContainer(text: string, at: number): boolean {
  return isOpening(text.charCodeAt(at))
}

/** The decoded key that begins at `at`; undefined when it is none. */
export function keyAt(text: string, at: number): string | undefined {
  const end = stringEnd(text, at)
  const key = text.slice(at + 1, end - 1)
  if (end < 0 || !key.includes('\\')) return end < 0 ? undefined : key
  try {
    return String(JSON.parse(text.slice(at, end)))
  } catch {
    return key
  }
}

/** A stretch of text: from, up to but without to. */
export type Span = readonly [from: number, to: number]

/**
 * The spans to cut so that the children for which `isRemoved` holds are gone, each with one comma.
 * `children` are all of one object or list, with the place where each ends.
 */
export function cuts<C extends Child & { readonly end: number }>(
  text: string,
  children: readonly C[],
  isRemoved: (child: C) => boolean,
): Span[] {
  const spans: Span[] = []
  let keptBefore = false
  let before = 0
  for (const child of children) {
    if (!isRemoved(child)) keptBefore = true
    else if (keptBefore) spans.push([before, child.end])
    else spans.push([child.start, afterComma(text, child.end)])
    before = child.end
  }
  return spans
}

/** The text without `spans`, which are in order and apart. */
export function without(text: string, spans: readonly Span[]): string {
  let kept = ''
  let copied = 0
  for (const [from, to] of spans) {
    kept += text.slice(copied, from)
    copied = to
  }
  return kept + text.slice(copied)
}

function afterColon(text: string, key: number): number {
  const colon = text.charCodeAt(key) === QUOTE ? skipBlank(text, stringEnd(text, key)) : -1
  return text.charCodeAt(colon) === COLON ? skipBlank(text, colon + 1) : -1
}

/** The place after the comma that follows `end`; `end` itself when none does. */
export function afterComma(text: string, end: number): number {
  const comma = skipBlank(text, end)
  return text.charCodeAt(comma) === COMMA ? comma + 1 : end
}

function scalarEnd(text: string, at: number): number {
  let i = at
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === COMMA || isClosing(code) || code <= BLANK) break
  }
  return i
}

function isBlank(code: number): boolean {
  return (
    code === BLANK ||
    code === LINE_FEED ||
    code === CARRIAGE_RETURN ||
    code === TAB ||
    code === BYTE_ORDER_MARK
  )
}

/** `{` or `[`. */
function isOpening(code: number): boolean {
  return code === OPEN_OBJECT || code === OPEN_LIST
}

/** `}` or `]`. */
function isClosing(code: number): boolean {
  return code === CLOSE_OBJECT || code === CLOSE_LIST
}
