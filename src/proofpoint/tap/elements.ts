/** Cuts the elements of a TAP answer out of its bytes while it arrives: each as its own source text, never re-serialised. */
import {
  BACKSLASH,
  BLANK,
  CARRIAGE_RETURN,
  CLOSE_LIST,
  CLOSE_OBJECT,
  LINE_FEED,
  LOWER_A,
  LOWER_Z,
  MINUS,
  NINE,
  OPEN_LIST,
  OPEN_OBJECT,
  PLUS,
  POINT,
  QUOTE,
  TAB,
  UPPER_A,
  UPPER_Z,
  ZERO,
} from '../../ascii.ts'
import { KnownError } from '../../errors.ts'
import { timeOfEnd } from './window.ts'

export interface Element {
  /** The top-level member of the answer that held it, such as `messagesDelivered`. */
  readonly array: string
  /** The element as it was sent, without the white space around it. */
  readonly bytes: Buffer
}

export interface ElementScanner {
  /** The elements that are complete with this chunk, also those before the place where it breaks. They may share its memory. */
  push(chunk: Buffer): Iterable<Element>
  /** Call it after the last chunk: the answer's `queryEndTime`, if it has one. Throws when the answer is not complete. */
  end(): string | undefined
}

export interface ScannerOptions {
  /** Takes any number of answers, one after the other; `end` gives the `queryEndTime` of the last. */
  readonly manyAnswers?: boolean
  /** Of which arrays, by their names, an answer without a time must hold one, as errors are told in JSON too; any, without it. */
  readonly isDocumented?: (array: string) => boolean
  /** Told the name of each top-level member when it begins. */
  readonly onMember?: (name: string) => void
}

/** No event comes near; without a limit one missing quote would take all memory. */
const LONGEST_VALUE = 64 * 2 ** 20

/** What may come next on the answer's two outer levels; `value`: where a whole JSON value leads. */
type Place =
  | 'answer'
  | 'first name'
  | 'name'
  | 'colon'
  | 'member'
  | 'after member'
  | 'first element'
  | 'element'
  | 'after element'
  | 'nothing'

const grammar: Readonly<Record<Place, Readonly<Record<string, Place>>>> = {
  answer: { '{': 'first name' },
  'first name': { '}': 'nothing', value: 'colon' },
  name: { value: 'colon' },
  colon: { ':': 'member' },
  member: { '[': 'first element', value: 'after member' },
  'after member': { ',': 'name', '}': 'nothing' },
  'first element': { ']': 'after member', value: 'after element' },
  element: { value: 'after element' },
  'after element': { ',': 'element', ']': 'after member' },
  nothing: {},
}

const manyAnswersGrammar: typeof grammar = { ...grammar, nothing: grammar.answer }

/**
 * A scanner for an answer: `{"queryEndTime": "...", "<array>": [<element>, ...], ...}`.
 * The two outer levels are checked as JSON. Inside an element only strings and the number of brackets count: what is
 * balanced but malformed is passed on as it is, since every event makes a record. A member that is an object counts as an
 * array of that one element; other members but `queryEndTime` cannot hold events and are passed over.
 * `push` and `end` throw `tap-broken-answer`; what was cut off never passes as complete, nor what holds neither events nor
 * a `queryEndTime` that is a time.
 */
export function elementScanner({
  manyAnswers = false,
  isDocumented = () => true,
  onMember,
}: ScannerOptions = {}): ElementScanner {
  const cutter = valueCutter()
  const rules = manyAnswers ? manyAnswersGrammar : grammar
  let place: Place = manyAnswers ? 'nothing' : 'answer'
  let scanned = 0
  let name = ''
  let arrays = 0
  let queryEndTime: string | undefined

  function* push(chunk: Buffer): Generator<Element> {
    for (let at = 0; at < chunk.length; ) {
      if (!cutter.open()) {
        const byte = chunk[at]!
        const next = rules[place][String.fromCharCode(byte)]
        if (next !== undefined || isSpace(byte)) {
          if (next !== undefined) enter(next)
          at++
          continue
        }
        if (!mayBegin(place, byte))
          throw broken(`byte 0x${byte.toString(16)} at ${scanned + at} is not expected there`)
        cutter.begin(byte)
      }
      const { end, value } = cutter.take(chunk, at)
      at = end
      if (value) yield* taken(value)
    }
    scanned += chunk.length
  }

  function enter(next: Place): void {
    if (next === 'first name') {
      arrays = 0
      queryEndTime = undefined
    }
    if (next === 'first element' && isDocumented(name)) arrays++
    if (next === 'nothing' && arrays === 0 && timeOfEnd(queryEndTime) === undefined)
      throw broken('the answer holds neither events nor queryEndTime')
    place = next
  }

  /** Puts a complete value where it belongs; the element that it is, if it is one. */
  function taken(value: Buffer): Element[] {
    const from = place
    place = rules[from]['value']!
    if (from === 'name' || from === 'first name') {
      name = decoded(value)
      onMember?.(name)
      return []
    }
    if (from !== 'member') return [{ array: name, bytes: value }]
    if (name === 'queryEndTime' && value[0] === QUOTE) queryEndTime = decoded(value)
    return value[0] === OPEN_OBJECT ? [{ array: name, bytes: value }] : []
  }

  function end(): string | undefined {
    if (place !== 'nothing') throw broken(`the answer breaks off after ${scanned} bytes`)
    return queryEndTime
  }

  return { push, end }
}

/** Finds where a JSON value ends that may span chunks, and puts its bytes together. */
function valueCutter() {
  let parts: Buffer[] = []
  let size = 0
  let shape: 'none' | 'bare' | 'delimited' = 'none'
  let depth = 0
  let inString = false
  let escaped = false

  function begin(byte: number): void {
    shape = isBare(byte) ? 'bare' : 'delimited'
    depth = 0
    inString = false
    escaped = false
  }

  /** The index after the value's last byte; undefined when the chunk ends first. */
  function ending(chunk: Buffer, from: number): number | undefined {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (shape === 'bare') {
        if (!isBare(byte)) return at
      } else if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) {
          inString = false
          if (depth === 0) return at + 1
        }
      } else if (byte === QUOTE) inString = true
      else if (isOpening(byte)) depth++
      else if (isClosing(byte) && --depth === 0) return at + 1
    }
    return undefined
  }

  function take(chunk: Buffer, from: number): { end: number; value?: Buffer } {
    const ends = ending(chunk, from)
    const end = ends ?? chunk.length
    size += end - from
    if (size > LONGEST_VALUE) throw broken(`an element is over ${LONGEST_VALUE} bytes`)
    const part = chunk.subarray(from, end)
    if (ends === undefined) {
      parts.push(part)
      return { end }
    }
    const value = parts.length === 0 ? part : Buffer.concat([...parts, part])
    parts = []
    size = 0
    shape = 'none'
    return { end, value }
  }

  return { open: () => shape !== 'none', begin, take }
}

function mayBegin(place: Place, byte: number): boolean {
  if (grammar[place]['value'] === undefined) return false
  if (place === 'name' || place === 'first name') return byte === QUOTE
  return byte === QUOTE || isOpening(byte) || isBare(byte)
}

const isSpace = (byte: number): boolean =>
  byte === BLANK || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB
const isOpening = (byte: number): boolean => byte === OPEN_OBJECT || byte === OPEN_LIST
const isClosing = (byte: number): boolean => byte === CLOSE_OBJECT || byte === CLOSE_LIST

/** A byte of a number or a literal: letters, digits, plus, minus, point. */
const isBare = (byte: number): boolean =>
  (byte >= LOWER_A && byte <= LOWER_Z) ||
  (byte >= ZERO && byte <= NINE) ||
  (byte >= UPPER_A && byte <= UPPER_Z) ||
  byte === PLUS ||
  byte === MINUS ||
  byte === POINT

function decoded(value: Buffer): string {
  try {
    return String(JSON.parse(value.toString()))
  } catch {
    throw broken('a name or queryEndTime of the answer is not a JSON string')
  }
}

const broken = (detail: string): KnownError => new KnownError('tap-broken-answer', detail)
