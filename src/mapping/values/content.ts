/** Takes the mail's own content out of PoD messages, before they go anywhere. */
import { type Child, cuts, eachChild, keyAt, type Span, skipBlank, valueEnd, without } from './json-text.ts'
import { parse } from './text.ts'

const PARTS = 'msgParts'
const CONTENT = ['dataBase64', 'textExtracted'] as const

/** Whether a top-level key of a PoD event holds its message parts. */
export const isPartsKey = (key: string): boolean => key === PARTS

/** Whether a key of a message part holds message content. */
export const isContent = (key: string): boolean => CONTENT.some(name => name === key)

const CONTENT_KEY = new RegExp(`"(?:${CONTENT.map(escapable).join('|')})"`)
const CONTENT_MEMBER = new RegExp(`"(${CONTENT.map(escapable).join('|')})"\\s*:?\\s*`, 'g')

/** A pattern for a key in JSON text, where each character may be written as an escape. */
function escapable(key: string): string {
  return [...key].map(character => `(?:${character}|\\\\u00${hexPattern(character)})`).join('')
}

function hexPattern(character: string): string {
  const hex = character.charCodeAt(0).toString(16)
  return hex.replace(/[a-f]/, digit => `[${digit}${digit.toUpperCase()}]`)
}

/**
 * Removes the members `dataBase64` and `textExtracted` of `msgParts` (a list, or one object) with one comma each from the
 * JSON text; every other byte stays. `removed`: their paths without indices, such as `msgParts[].dataBase64`, each once.
 *
 * In text that is not JSON nobody can tell where a member belongs. There the values of these keys go wherever they stand,
 * up to what looks most like their end: rather too much than mail text in a log.
 */
export function removeContent(text: string): { text: string; removed: string[] } {
  if (!CONTENT_KEY.test(text)) return { text, removed: [] }
  const exact = removeMembers(text)
  if (!CONTENT_KEY.test(exact.text)) return exact
  return parse(text) ? exact : removeAnywhere(text)
}

function removeMembers(text: string): { text: string; removed: string[] } {
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
    if (partEnd >= 0) spans.push(...cuts(text, members, member => isContent(member.key)))
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

function removeAnywhere(text: string): { text: string; removed: string[] } {
  const removed = new Set<string>()
  const spans: Span[] = []
  CONTENT_MEMBER.lastIndex = 0
  for (let match = CONTENT_MEMBER.exec(text); match; match = CONTENT_MEMBER.exec(text)) {
    const end = likelyEnd(text, CONTENT_MEMBER.lastIndex)
    spans.push([CONTENT_MEMBER.lastIndex, end])
    removed.add(path(keyAt(text, match.index) ?? ''))
    CONTENT_MEMBER.lastIndex = end
  }
  return { text: without(text, spans), removed: [...removed] }
}

/** A quote that ends a string has a comma or a bracket after it, or nothing. */
const STRING_END = /"\s*(?=[,}\]]|$)/g

function likelyEnd(text: string, at: number): number {
  if (text[at] !== '"') {
    const end = valueEnd(text, at)
    return end < 0 ? text.length : end
  }
  STRING_END.lastIndex = at + 1
  const end = STRING_END.exec(text)
  return end ? end.index + 1 : text.length
}

function path(key: string): string {
  return `${PARTS}[].${key}`
}
