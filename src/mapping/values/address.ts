/** Mail addresses and Message-IDs. */
import { mailboxList } from './mailbox-list.ts'

/** The empty reverse path of a bounce (RFC 5321, 4.5.5). */
export const nullSender = '<>'

/**
 * One address without its angle brackets, the domain in lower case; the local part is case-sensitive (RFC 5321, 2.4).
 * `<>` stays `<>`. Undefined when the text is blank.
 */
export function address(text: string): string | undefined {
  if (isNormalised(text)) return text
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === nullSender) return trimmed || undefined
  const bare = withoutBrackets(trimmed)
  const at = bare.lastIndexOf('@')
  if (at < 0) return bare || undefined
  const sent = bare.slice(at)
  const domain = sent.toLowerCase()
  return domain === sent ? bare : bare.slice(0, at) + domain
}

/** As `address` writes it, and most are. */
const NORMALISED = /^[^\s"(),:;<=>@[\]\\]+@[a-z0-9.-]+$/
/** A pattern need not take more. */
const LONGEST = 4096

const isNormalised = (text: string): boolean => text.length <= LONGEST && NORMALISED.test(text)

/** The address of each text, exact duplicates and blank ones removed, in order. */
export function addresses(list: readonly (string | undefined)[]): string[] {
  const found: string[] = []
  for (const text of list) add(text, found)
  return once(found)
}

/**
 * The addresses in header values (RFC 5322 mailbox and address lists), bare and as `address` writes them, exact
 * duplicates removed, in order. What is no mailbox is skipped.
 */
export function mailboxes(list: readonly (string | undefined)[]): string[] {
  const found: string[] = []
  for (const header of list)
    if (header !== undefined) for (const mailbox of mailboxList(header)) add(mailbox, found)
  return once(found)
}

function add(text: string | undefined, found: string[]): void {
  const one = text === undefined ? undefined : address(text)
  if (one !== undefined) found.push(one)
}

const once = (found: string[]): string[] => (found.length > 1 ? [...new Set(found)] : found)

/** A Message-ID without its angle brackets, case kept. Undefined when nothing is left. */
export function messageId(text: string): string | undefined {
  return withoutBrackets(text.trim()) || undefined
}

function withoutBrackets(text: string): string {
  return text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1).trim() : text
}
