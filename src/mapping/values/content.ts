/** Takes the mail's own content out of PoD messages, before they go anywhere. */
import {
  afterComma,
  blankBefore,
  type Child,
  cuts,
  eachChild,
  keyAt,
  type Span,
  skipBlank,
  valueEnd,
  without,
} from './json-text.ts'
import { parse } from './text.ts'

const PARTS = 'msgParts'
/** The keys of message content. The scanner looks for their first letter, which is a small one in ASCII. */
export const contentKeys = ['dataBase64', 'textExtracted'] as const

/** Whether a top-level key of a PoD event holds its message parts. */
export const isPartsKey = (key: string): boolean => key === PARTS

/** Whether a key of a message part holds message content. */
export const isContent = (key: string): boolean => contentKeys.some(name => name === key)

/** Whether a key of message content stands in the text, however it is written. */
export const namesContent = (text: string): boolean => CONTENT_KEY.test(text)

/** The paths of the members that hold message content, as `removeContent` names them. */
export const contentPaths: readonly string[] = contentKeys.map(path)

const NAME = `(${contentKeys.map(escapable).join('|')})`
const ANY_KEY = `"${NAME}"`
/** Also one in JSON that stands inside of a string. */
const CONTENT_KEY = new RegExp(`"${NAME}\\\\*"`, 'i')
const ESCAPED_MEMBER = new RegExp(`\\\\"${NAME}\\\\+"\\s*:\\s*`, 'i')
/** The key and its colon; in text that is not JSON the colon may lack. */
const CONTENT_MEMBER = new RegExp(`"${NAME}(\\\\*)"\\s*:?\\s*`, 'gi')
/** In JSON a quotation mark with a backslash before it stands inside a string, where no key begins. */
const JSON_MEMBER = new RegExp(`(?<!\\\\)${ANY_KEY}\\s*:\\s*`, 'gi')

/** A pattern, for any case, for a key in JSON text, where each character may be written as an escape. */
function escapable(key: string): string {
  return [...key]
    .map(
      character =>
        `(?:${character}|\\\\u00(?:${hex(character.toLowerCase())}|${hex(character.toUpperCase())}))`,
    )
    .join('')
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16)
}

export interface Removal {
  readonly text: string
  readonly removed: string[]
}

/**
 * Removes the members `dataBase64` and `textExtracted` of `msgParts` (a list, or one object) with one comma each from the
 * JSON text; every other byte stays. `removed`: their paths without indices, such as `msgParts[].dataBase64`, each once.
 *
 * Rather too much than mail text in a log: where a member of such a name is left, in any spelling of its case, it goes as
 * well, wherever it stands; its path is `*.` and its key as sent. In text that is not JSON nobody can tell where a member
 * belongs: there the values of these keys go, up to what looks most like their end.
 */
export function removeContent(text: string): Removal {
  if (!CONTENT_KEY.test(text)) return { text, removed: [] }
  const exact = removeMembers(text)
  if (!CONTENT_KEY.test(exact.text)) return exact
  return parse(text) ? removeElsewhere(exact) : removeValues(text)
}

function removeMembers(text: string): Removal {
  const removed = new Set<string>()
  const spans: Span[] = []

  const visitPart = (at: number): number => {
    if (text[at] !== '{') return valueEnd(text, at)
    const members: (Child & { readonly end: number; readonly key: string })[] = []
    const partEnd = eachChild(text, at, ({ start, value }) => {
      const key = keyAt(text, start) ?? ''
      const end = valueEnd(text, value)
      if (isContent(key)) removed.add(path(key))
      members.push({ start, value, end, key })
      return end
    })
    if (partEnd >= 0)
      for (const span of cuts(text, members, member => isContent(member.key))) spans.push(span)
    return partEnd
  }
  const visitParts = (at: number): number =>
    text[at] === '[' ? eachChild(text, at, part => visitPart(part.value)) : visitPart(at)

  const begin = skipBlank(text, 0)
  if (text[begin] === '{') {
    eachChild(text, begin, ({ start, value }) =>
      isPartsKey(keyAt(text, start) ?? '') ? visitParts(value) : valueEnd(text, value),
    )
  }
  return spans.length === 0 ? { text, removed: [] } : { text: without(text, spans), removed: [...removed] }
}

/** From JSON. */
function removeElsewhere(exact: Removal): Removal {
  const outside = removeJsonMembers(exact)
  return ESCAPED_MEMBER.test(outside.text) ? removeFromStrings(outside) : outside
}

/** Without recursion: the depth of a text must not matter. */
function removeJsonMembers({ text, removed: before }: Removal): Removal {
  const removed = new Set(before)
  const spans: Span[] = []
  let cutTo = 0
  JSON_MEMBER.lastIndex = 0
  for (let match = JSON_MEMBER.exec(text); match; match = JSON_MEMBER.exec(text)) {
    const end = valueEnd(text, JSON_MEMBER.lastIndex)
    if (end < 0) break
    const comma = blankBefore(text, match.index) - 1
    const span: Span =
      text[comma] === ',' && comma >= cutTo ? [comma, end] : [match.index, afterComma(text, end)]
    spans.push(span)
    removed.add(`*.${keyAt(text, match.index) ?? ''}`)
    cutTo = JSON_MEMBER.lastIndex = span[1]
  }
  return { text: without(text, spans), removed: [...removed] }
}

/** JSON inside of a string: what follows such a key goes, up to the end of the string. */
function removeFromStrings({ text, removed: before }: Removal): Removal {
  const removed = new Set(before)
  const member = new RegExp(ESCAPED_MEMBER, 'gi')
  const spans: Span[] = []
  for (let match = member.exec(text); match; match = member.exec(text)) {
    const end = closingQuote(text, member.lastIndex)
    spans.push([member.lastIndex, end])
    removed.add(`*.${match[1] ?? ''}`)
    member.lastIndex = end
  }
  return { text: without(text, spans), removed: [...removed] }
}

/** The place of the quotation mark that ends the string around `at`, or the text's end. */
function closingQuote(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (quote - backslashes > at && text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote
  }
  return text.length
}

function removeValues(text: string): Removal {
  const removed = new Set<string>()
  const spans: Span[] = []
  CONTENT_MEMBER.lastIndex = 0
  for (let match = CONTENT_MEMBER.exec(text); match; match = CONTENT_MEMBER.exec(text)) {
    const isInString = match[2] !== ''
    const end = (isInString ? closingQuote : likelyEnd)(text, CONTENT_MEMBER.lastIndex)
    spans.push([CONTENT_MEMBER.lastIndex, end])
    removed.add(path(isInString ? (match[1] ?? '') : (keyAt(text, match.index) ?? '')))
    CONTENT_MEMBER.lastIndex = end
  }
  return { text: without(text, spans), removed: [...removed] }
}

/** A quotation mark that ends a string has a comma or a bracket after it, or nothing; one behind a backslash ends none. */
const STRING_END = /(?<!\\)(?:\\\\)*"\s*(?=[,}\]]|$)/g

function likelyEnd(text: string, at: number): number {
  if (text[at] !== '"') {
    const end = valueEnd(text, at)
    return end < 0 ? text.length : end
  }
  STRING_END.lastIndex = at + 1
  const end = STRING_END.exec(text)
  return end ? text.indexOf('"', end.index) + 1 : text.length
}

function path(key: string): string {
  return `${PARTS}[].${key}`
}
