/** The golden cases: what Proofpoint sent, and the record that the contract asks for. golden/README.md says how they are kept. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Kind, kinds } from '../../src/pipeline.ts'

export interface GoldenCase {
  readonly kind: Kind
  /** A few words for what is special here. */
  readonly name: string
  /** The event as it was sent; not always UTF-8, not always JSON. */
  readonly source: Buffer
  /** The file of the expected record. */
  readonly expected: string
}

const SOURCE = '.source'
const RECORD = '.record.json'

const root = fileURLToPath(new URL('golden', import.meta.url))

const filesOf = (kind: Kind, ending: string): string[] =>
  existsSync(`${root}/${kind}`)
    ? readdirSync(`${root}/${kind}`)
        .filter(name => name.endsWith(ending))
        .map(name => basename(name, ending))
        .sort()
    : []

export const goldenCases: readonly GoldenCase[] = kinds.flatMap(kind =>
  filesOf(kind, SOURCE).map(name => ({
    kind,
    name,
    source: readFileSync(`${root}/${kind}/${name}${SOURCE}`),
    expected: `${root}/${kind}/${name}${RECORD}`,
  })),
)

/** Sources without a record, and records without a source. */
export const unpaired: readonly string[] = kinds.flatMap(kind => {
  const sources = new Set(filesOf(kind, SOURCE))
  const records = new Set(filesOf(kind, RECORD))
  return [...sources.symmetricDifference(records)].map(name => `${kind}/${name}`)
})
