/** Facts that need no rule, copied from what was found, in the form in which OTLP has them. */
import type { AttributeValue } from '../attributes/attribute.ts'
import { mostElements } from '../limits.ts'
import type { Copies, Fact } from '../plan.ts'
import {
  addFacts,
  copyFacts,
  memoryBytes,
  memoryWords,
  type PlacedFact,
  type PlacedTree,
  remember,
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

export interface Copier {
  /** Copies the facts of the text that was scanned last. */
  copied(): Copied
  /** What the rule of a fact, which was asked, said of the text that was scanned last; kept where the fact is one that is said again. */
  remember(fact: number, said: AttributeValue | undefined): void
}

export function createCopier(facts: readonly Fact[], tree: PlacedTree): Copier {
  const placed = facts.map(placedFact)
  const table = addFacts(placed, tree)
  let words = memoryWords()
  let copied = copiedIn(words)
  return {
    copied() {
      copyFacts(table, facts.length)
      if (words !== memoryWords()) {
        words = memoryWords()
        copied = copiedIn(words)
      }
      copied.length = words[layout.COPIED_BYTES / 4]!
      copied.asked = words[layout.ASKED_COUNT / 4]!
      return copied
    },
    remember(fact, said) {
      // Never of a fact that has one of its name before it: that may have been said, and the rule not asked.
      if (placed[fact]!.how === layout.AGAIN) remember(table + fact * layout.FACT_BYTES, said)
    },
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
    as: as[copies?.as ?? 'as found'],
    needless: copies?.needless ?? '',
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
  again: layout.AGAIN,
}

const as: Readonly<Record<NonNullable<Copies['as']> | 'as found', number>> = {
  'as found': layout.AS_FOUND,
  'lower case': layout.IN_LOWER_CASE,
  'without brackets': layout.WITHOUT_BRACKETS,
  nanoseconds: layout.IN_NANOSECONDS,
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
