/** Facts that need no rule, copied from what was found, in the form in which OTLP has them. */
import { mostElements } from '../limits.ts'
import type { Copies, Fact } from '../plan.ts'
import {
  addFacts,
  copyFacts,
  memoryBytes,
  memoryWords,
  type PlacedFact,
  type PlacedTree,
} from './assembly.ts'
import * as layout from './layout.ts'

/** Good until facts are copied again, or a text is scanned. */
export interface Copied {
  /** What was copied, in the order of the facts: each as the field `attributes` of OTLP's LogRecord, in protobuf. */
  readonly bytes: Buffer
  /** How many bytes that are. */
  length: number
  /** How many facts were not copied, since their rules have to be asked. */
  asked: number
  /** Of each of them its number, and how many bytes those before it have. */
  readonly places: Int32Array
}

/** Longer keys have a length of two bytes. */
const LONGEST_KEY = 127

/** Makes a function that copies the facts of the text that was scanned last. */
export function createCopier(facts: readonly Fact[], tree: PlacedTree): () => Copied {
  const table = addFacts(facts.map(placedFact), tree)
  let words = memoryWords()
  let copied = copiedIn(words)
  return () => {
    copyFacts(table, facts.length)
    if (words !== memoryWords()) {
      words = memoryWords()
      copied = copiedIn(words)
    }
    copied.length = words[layout.COPIED_BYTES / 4]!
    copied.asked = words[layout.ASKED_COUNT / 4]!
    return copied
  }
}

const copiedIn = (words: Int32Array): Copied => ({
  bytes: memoryBytes().subarray(layout.KEY_VALUES, layout.TREES),
  length: 0,
  asked: 0,
  places: words.subarray(layout.ASKED / 4, layout.KEY_VALUES / 4),
})

function placedFact({ name, before, copies }: Fact): PlacedFact {
  // Whether the one before says something may be for its rule to tell.
  const isCopied = copies !== undefined && before < 0 && name.length <= LONGEST_KEY
  return {
    name,
    how: isCopied ? hows[copies.how] : layout.NOT,
    wants: isCopied ? wants[copies.form] : layout.COUNT,
    inLowerCase: copies?.inLowerCase ?? false,
    only: only[copies?.only ?? 'any'],
    mostElements: mostElements(name),
    before,
    slots: isCopied ? copies.slots : [],
  }
}

const hows: Readonly<Record<Copies['how'], number>> = {
  one: layout.ONE,
  each: layout.EACH,
  'each once': layout.EACH_ONCE,
  aligned: layout.ALIGNED,
  first: layout.FIRST_OF,
  any: layout.ANY,
  stacked: layout.STACKED,
  final: layout.FINAL,
  attached: layout.ATTACHED,
}

const wants: Readonly<Record<Copies['form'], number>> = {
  text: layout.BARE_TEXT,
  scalar: layout.BARE_TEXT,
  number: layout.INTEGER,
  boolean: layout.BOOLEAN,
  count: layout.COUNT,
}

const only: Readonly<Record<NonNullable<Copies['only']> | 'any', number>> = {
  any: layout.ANY_TEXT,
  'mail addresses': layout.MAIL_ADDRESS,
  'IPv4 addresses': layout.IPV4_ADDRESS,
}
