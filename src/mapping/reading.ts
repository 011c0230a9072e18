/** From an event's bytes to its text and the object that it describes. */
import type { RawEvent } from '../pipeline.ts'
import { type Removal, removeContent } from './values/content.ts'
import { decode, parse } from './values/text.ts'

/** Why an event cannot be mapped: its record has `error.type` and its text, but no facts. */
export type Unreadable = 'parse_error' | 'unexpected_shape'

export interface Reading {
  /** As received, decoded. */
  readonly text: string
  /** False when bytes were not UTF-8 and read U+FFFD in `text`. */
  readonly isUtf8: boolean
  /** The text without message content, and the paths of what was removed. */
  readonly withoutContent: { readonly text: string; readonly removed: readonly string[] }
  readonly content: Readonly<Record<string, unknown>> | Unreadable
}

/** Total. Message content is never parsed: no fact stands in it, and it can be megabytes. */
export function read({ kind, bytes }: RawEvent): Reading {
  const { text, valid } = decode(bytes)
  const withoutContent = kind === 'pod.message' ? stripped(text) : { text, removed: [] }
  return { text, isUtf8: valid, withoutContent, content: contentOf(withoutContent.text) }
}

/** What failed to be stripped goes as a whole, marked as any other removal. */
function stripped(text: string): Removal {
  try {
    return removeContent(text)
  } catch {
    return { text: '', removed: ['*'] }
  }
}

function contentOf(text: string): Reading['content'] {
  const parsed = parse(text)
  if (!parsed) return 'parse_error'
  return isObject(parsed.value) ? parsed.value : 'unexpected_shape'
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
