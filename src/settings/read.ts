import leven from 'leven'
import { type Fault, faultsBetween } from './between.ts'
import type { SettingKind } from './kinds.ts'
import { type Secret, secretFile, secretFileProblem, secretProblem, secretValue } from './secret.ts'
import { type Setting, table } from './table.ts'

export type Environment = Readonly<Record<string, string | undefined>>

type Table = typeof table
type ValueOf<S> = S extends { secret: true }
  ? Secret | undefined
  : S extends { kind: SettingKind<infer T> }
    ? S extends { default: string }
      ? T
      : T | undefined
    : never

/** The settings of the worker's own, typed. Durations in ms, sizes in bytes. */
export type Settings = { readonly [K in keyof Table]: ValueOf<Table[K]> }

/** Reads all settings; collects every fault, so that nobody mends them one by one. No fault tells a secret. */
export function readSettings(env: Environment): {
  readonly settings: Settings
  readonly faults: readonly Fault[]
} {
  const { settings, faults } = readSome(env, Object.keys(table) as (keyof Settings)[])
  const tlsChecksOff = given(env, 'NODE_TLS_REJECT_UNAUTHORIZED') === '0'
  return { settings, faults: [...faults, ...faultsBetween(settings, tlsChecksOff)] }
}

/** Reads some settings, for a command that needs no more. Faults: theirs alone, and names that no setting has. */
export function readSome<K extends keyof Settings>(
  env: Environment,
  keys: readonly K[],
): { readonly settings: Pick<Settings, K>; readonly faults: readonly Fault[] } {
  const faults: Fault[] = unknownNames(env)
  const values: Partial<Record<K, unknown>> = {}
  for (const key of keys) {
    const setting: Setting = table[key]
    values[key] = setting.secret ? readSecret(setting.name, env, faults) : readValue(setting, env, faults)
  }
  return { settings: values as Pick<Settings, K>, faults }
}

/** An empty variable counts as not set, as in the OpenTelemetry specification. */
export const given = (env: Environment, name: string): string | undefined => env[name] || undefined

/** A value that is at fault is taken for its default, so that the faults between settings are found as well. */
function readValue({ name, kind, default: fallback }: Setting, env: Environment, faults: Fault[]): unknown {
  const text = given(env, name)
  if (text !== undefined) {
    const value = kind.read(text)
    if (value !== undefined) return value
    faults.push({
      setting: name,
      problem: `${JSON.stringify(text)} is not of its form`,
      remedy: `Give ${kind.form}.`,
    })
  }
  return fallback === undefined ? undefined : kind.read(fallback)
}

function readSecret(name: string, env: Environment, faults: Fault[]): Secret | undefined {
  const value = given(env, name)
  const file = given(env, `${name}_FILE`)
  if (value !== undefined && file !== undefined) {
    faults.push({ setting: name, problem: `it and ${name}_FILE are both set`, remedy: 'Keep one of them.' })
  }
  if (file !== undefined) {
    const problem = secretFileProblem(file)
    if (problem) faults.push({ setting: `${name}_FILE`, problem, remedy: 'Check its path and mode.' })
    return secretFile(file)
  }
  if (value === undefined) return undefined
  const problem = secretProblem(value)
  if (problem) faults.push({ setting: name, problem, remedy: 'Copy it again, without its surroundings.' })
  return secretValue(value.trim(), name)
}

const knownNames = Object.values<Setting>(table).flatMap(({ name, secret }) =>
  secret ? [name, `${name}_FILE`] : [name],
)

/** What Kubernetes puts into every pod of a namespace for a Service named `proofpoint-…`. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/

function unknownNames(env: Environment): Fault[] {
  return Object.keys(env)
    .filter(name => name.startsWith('PROOFPOINT_') && !knownNames.includes(name) && !SERVICE_LINK.test(name))
    .map(name => {
      const nearest = knownNames.reduce((a, b) => (leven(name, b) < leven(name, a) ? b : a))
      const remedy =
        leven(name, nearest) <= 6 ? `Did you mean ${nearest}?` : 'Remove it, or see --help for the names.'
      return { setting: name, problem: 'there is no such setting', remedy }
    })
}
