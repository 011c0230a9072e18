/** From an event's bytes to its text and its facts: by scanning where the text is plain, else by way of its parsed form. */
import type { Kind, RawEvent } from '../pipeline.ts'
import { createCollector } from './collect.ts'
import type { Fact, Plan } from './plan.ts'
import type { Copier } from './scan/copier.ts'
import { type Cuts, noCuts, without } from './scan/cuts.ts'
import { createScanner } from './scan/scanner.ts'
import type { Slots } from './slots.ts'
import type { OnUnknown } from './unknown.ts'
import { type Removal, removeContent } from './values/content.ts'
import { decode, parse, withoutLineBreak } from './values/text.ts'

/** Why an event cannot be mapped: its record has `error.type` and its text, but no facts. */
export type Unreadable = 'parse_error' | 'unexpected_shape'

/** What an event comes to when it is read; good until the next one is, by whichever reader. */
export interface Reading {
  /** Undefined when the text was not plain; then unknown paths are told when `slots` is called. */
  readonly scanned: Scanned | undefined
  /** False when bytes were not UTF-8 and read U+FFFD in the text. */
  readonly isUtf8: boolean
  /** As received, decoded. */
  text(): string
  /** The text without message content, and the paths of what was removed. */
  withoutContent(): Removal
  readonly unreadable: Unreadable | undefined
  /** The facts, if there are any. Throws when the mapping itself fails. */
  slots(): Slots | undefined
}

export interface Scanned {
  readonly bytes: Buffer
  readonly content: Cuts
  readonly copier: Copier
}

/** Who is told the unknown paths of an event; `restart` takes back what was told of it so far. */
export interface Unknowns {
  readonly note: OnUnknown
  restart(): void
}

/**
 * Makes the reader of a kind; reading is total. `plan`: undefined where nothing is known; `facts`: those of it that may be copied. Message content is never parsed:
 * no fact stands in it, and it can be megabytes.
 */
export function createReader(
  kind: Kind,
  plan: Pick<Plan, 'tree' | 'used'> | undefined,
  facts: readonly Fact[],
  unknowns: Unknowns | undefined,
): (event: RawEvent) => Reading {
  const hasContent = kind === 'pod.message'
  const scan =
    plan && createScanner(plan.tree, { used: plan.used, hasContent, facts, onUnknown: unknowns?.note })
  const collect = plan && createCollector(plan.tree, unknowns?.note)

  // One for all events: what each event leaves behind is most of what reading it costs.
  const scanned: { -readonly [F in keyof Scanned]: Scanned[F] } = {
    bytes: Buffer.alloc(0),
    content: noCuts,
    copier: noCopier,
  }
  let slots: Slots | undefined
  const ofScanned: Reading = {
    scanned,
    isUtf8: true,
    text: () => scanned.bytes.toString('utf8'),
    withoutContent: () => ({
      text: without(scanned.bytes, scanned.content.places).toString('utf8'),
      removed: [...scanned.content.paths],
    }),
    unreadable: undefined,
    slots: () => slots,
  }

  function isScanned(bytes: Buffer): boolean {
    const found = scan?.(bytes)
    if (!found) return false
    scanned.bytes = bytes
    scanned.content = found.content
    scanned.copier = found.copier
    slots = found.slots
    return true
  }

  function parsed({ bytes }: RawEvent): Reading {
    const { text, valid } = decode(bytes)
    const withoutContent = hasContent ? stripped(text) : { text, removed: [] }
    const content = contentOf(withoutContent.text)
    return {
      scanned: undefined,
      isUtf8: valid,
      text: () => text,
      withoutContent: () => withoutContent,
      unreadable: typeof content === 'string' ? content : undefined,
      slots: () => (typeof content === 'string' ? undefined : collect?.(content)),
    }
  }

  return event => {
    try {
      if (isScanned(withoutLineBreak(event.bytes))) return ofScanned
    } catch {
      // Whatever fails here: the other way is slower, and as good.
    }
    unknowns?.restart()
    return parsed(event)
  }
}

/** Until something is scanned. */
const noCopier: Copier = {
  copied() {
    throw new Error('nothing was scanned')
  },
  remember() {},
}

/** What failed to be stripped goes as a whole, marked as any other removal. */
function stripped(text: string): Removal {
  try {
    return removeContent(text)
  } catch {
    return { text: '', removed: ['*'] }
  }
}

function contentOf(text: string): Readonly<Record<string, unknown>> | Unreadable {
  const parsed = parse(text)
  if (!parsed) return 'parse_error'
  return isObject(parsed.value) ? parsed.value : 'unexpected_shape'
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
