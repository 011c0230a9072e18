/** A CPU profile of V8 by what the time was spent on. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** As `node --cpu-prof` writes it; times are microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/**
 * The first that fits counts. What fits none and is Node's own (native functions, `node:buffer`) or WebAssembly counts to
 * whoever called it; `JSON.parse` has no entry in a profile and counts to its caller by itself.
 */
const stages: readonly (readonly [stage: string, url: RegExp])[] = [
  ['ws', /\/node_modules\/ws\//],
  ['reading and JSON.parse', /\/src\/mapping\/(reading|values\/json-text|values\/content)/],
  ['uid and hash', /\/src\/(mapping\/(values\/)?uid|mapping\/values\/canonical|ulid)/],
  ['scanning', /\/src\/mapping\/(scan\/|fill|slots)/],
  ['mapping', /\/src\/mapping\//],
  ['OTLP encoding', /\/src\/otlp\/(serialize|protobuf)|\/otlp-transformer\//],
  ['HTTP', /\/node_modules\/undici\/|\/src\/otlp\/|node:(_?http|internal\/http|zlib)/],
  ['state', /\/src\/state\/|node:sqlite/],
  ['sockets and streams', /^node:(net|tls|_tls|events|stream|internal\/(streams?|stream_base|tls))/],
  ['own code around it', /\/src\//],
]
const internal = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'native, not attributed'],
])
const NOT_WORK: ReadonlySet<string> = new Set(['(idle)', '(root)'])
const OTHER = 'other'

/** The worker runs as built; its stages are named by its source. */
const BUILT = /^((?!.*\/node_modules\/).*)\/dist\//

/** Microseconds of each stage in the one profile of a directory, most first; idle time is left out. */
export function stagesOf(directory: string): ReadonlyMap<string, number> {
  const [file = ''] = readdirSync(directory).filter(name => name.endsWith('.cpuprofile'))
  return spent(JSON.parse(readFileSync(join(directory, file), 'utf8')))
}

export function spent({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map(child => [child, id] as const)),
  )
  const own = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const known = new Map<number, string | undefined>()
  const stageOf = (id: number): string | undefined => {
    const { functionName = '', url: file = '' } = own.get(id) ?? {}
    const url = file.replace(BUILT, '$1/src/')
    if (NOT_WORK.has(functionName)) return undefined
    if (internal.has(functionName)) return internal.get(functionName)
    const stage = stages.find(([, pattern]) => pattern.test(url))?.[0]
    if (stage !== undefined) return stage
    if (url !== '' && !/^(node|wasm):/.test(url)) return OTHER
    const parent = parents.get(id)
    return (parent === undefined ? undefined : stageOf(parent)) ?? OTHER
  }
  const sums = new Map<string, number>()
  samples.forEach((id, i) => {
    if (!known.has(id)) known.set(id, stageOf(id))
    const stage = known.get(id)
    if (stage !== undefined) sums.set(stage, (sums.get(stage) ?? 0) + (timeDeltas[i] ?? 0))
  })
  return new Map([...sums].sort(([, a], [, b]) => b - a))
}

export function stageTable(sums: ReadonlyMap<string, number>): string {
  const total = sums.values().reduce((sum, us) => sum + us, 0)
  return [...sums]
    .map(([stage, us]) => `  ${stage.padEnd(26)} ${((us / total) * 100).toFixed(1).padStart(5)} %\n`)
    .join('')
}
