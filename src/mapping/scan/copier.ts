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

/** Good until the next text is scanned. */
export interface Copied {
  /** What was copied, in the order of the facts: each as the field `attributes` of OTLP's LogRecord. */
  readonly bytes: Buffer
  /** Where in them each fact ends; -1 when it was not copied, since its rule has to be asked. */
  readonly ends: Int32Array
}

/** Longer keys have a length of two bytes. */
const LONGEST_KEY = 127

/** Makes a function that copies the facts of the text that was scanned last. */
export function createCopier(facts: readonly Fact[], tree: PlacedTree): () => Copied {
  const table = addFacts(facts.map(placedFact), tree)
  let words: Int32Array | undefined
  let copied: Copied = { bytes: Buffer.alloc(0), ends: new Int32Array(0) }
  return () => {
    copyFacts(table, facts.length)
    if (words !== memoryWords()) {
      words = memoryWords()
      copied = {
        bytes: memoryBytes().subarray(layout.KEY_VALUES, layout.TREES),
        ends: words.subarray(layout.ENDS / 4, layout.KEY_VALUES / 4),
      }
    }
    return copied
  }
}

function placedFact({ name, copies }: Fact): PlacedFact {
  const isCopied = copies !== undefined && name.length <= LONGEST_KEY
  return {
    name,
    how: isCopied ? hows[copies.how] : layout.NOT,
    wants: isCopied ? wants[copies.form] : layout.COUNT,
    inLowerCase: copies?.inLowerCase ?? false,
    only: only[copies?.only ?? 'any'],
    mostElements: mostElements(name),
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
