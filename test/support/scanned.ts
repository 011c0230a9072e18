/** An event scanned from its bytes, beside what its parsed form gives. */
import { isUtf8 } from 'node:buffer'
import { expect } from 'vitest'
import { createCollector } from '../../src/mapping/collect.ts'
import { planOf } from '../../src/mapping/plan.ts'
import { without } from '../../src/mapping/scan/cuts.ts'
import { createScanner } from '../../src/mapping/scan/scanner.ts'
import { type Slots, valueAt } from '../../src/mapping/slots.ts'
import { tables } from '../../src/mapping/tables.ts'
import { removeContent } from '../../src/mapping/values/content.ts'
import { parseJson } from '../../src/mapping/values/parse-json.ts'
import { withoutLineBreak } from '../../src/mapping/values/text.ts'
import type { Kind } from '../../src/pipeline.ts'
import { undamaged } from '../fuzz/corpus.ts'

type Reports = readonly string[]

/** Both ways for one kind; each gives undefined when it has no facts. */
function ways(kind: Exclude<Kind, 'tap.unknown'>) {
  const hasContent = kind === 'pod.message'
  const { tree } = planOf(tables[kind], { anyCase: kind.startsWith('tap.'), attributes: 'full' })
  const used = new Set(Array.from({ length: tree.size }, (_, slot) => slot))
  let reports = new Set<string>()
  const onUnknown = (path: string) => reports.add(path).size < 100
  const scan = createScanner(tree, { used, hasContent, onUnknown })
  const scanSilently = createScanner(tree, { used, hasContent })
  const scanForReports = createScanner(tree, { used: new Set(), hasContent, onUnknown })
  const collect = createCollector(tree, onUnknown)

  const scanned = (bytes: Buffer) => {
    reports = new Set()
    const found = scan(bytes)
    if (!found) return undefined
    const { slots, content } = found
    const kept = without(bytes, content.places).toString()
    return { values: valuesOf(slots), kept, removed: content.paths, reports: [...reports] as Reports }
  }
  const walked = (bytes: Buffer) => {
    reports = new Set()
    const text = bytes.toString()
    const { text: kept, removed } = hasContent ? removeContent(text) : { text, removed: [] }
    const event: unknown = isUtf8(bytes) ? parsed(kept) : undefined
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined
    const slots = collect(event as Readonly<Record<string, unknown>>)
    return { values: valuesOf(slots), kept, removed, reports: [...reports] as Reports }
  }
  const scannedSilently = (bytes: Buffer) => {
    const found = scanSilently(bytes)
    return found && valuesOf(found.slots)
  }
  /** Of values that are not asked for. */
  const reportsOfUnused = (bytes: Buffer): Reports => {
    reports = new Set()
    scanForReports(bytes)
    return [...reports]
  }
  return { scanned, walked, scannedSilently, reportsOfUnused }
}

/** What each slot holds. */
export const valuesOf = (slots: Slots) => slots.values.map((_, slot) => valueAt(slots, slot))

/** By the strictest way there is: no byte order mark, nothing repaired. */
function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** Undamaged events of all known kinds. */
export const corpus = undamaged.flatMap(({ kind, bytes }) =>
  kind === 'tap.unknown' ? [] : [{ kind, bytes }],
)
export const waysOf = new Map(corpus.map(({ kind }) => [kind, ways(kind)]))

/** Both ways have to agree where the event is scanned; true when it is. */
export function expectSame(kind: Exclude<Kind, 'tap.unknown'>, line: Buffer): boolean {
  const bytes = withoutLineBreak(line)
  const { scanned, walked, scannedSilently, reportsOfUnused } = waysOf.get(kind)!
  const found = scanned(bytes)
  if (found) {
    const expected = walked(bytes)
    expect(found).toEqual(expected)
    expect(scannedSilently(bytes)).toEqual(expected?.values)
    expect(reportsOfUnused(bytes)).toEqual(expected?.reports)
  }
  return found !== undefined
}
