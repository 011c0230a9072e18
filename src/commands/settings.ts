import { readFileSync } from 'node:fs'
import { type OtlpEnvironment, readEnvironment } from '../otlp/environment.ts'
import { type ProxySettings, unusableProxies } from '../proxy.ts'
import type { Fault } from '../settings/between.ts'
import { type Environment, given, readSettings, type Settings } from '../settings/read.ts'
import { table } from '../settings/table.ts'
import { CommandError, exitCode } from './outside.ts'

/** Everything that the environment says to a worker. */
export interface WorkerSettings {
  readonly own: Settings
  readonly otel: OtlpEnvironment
  readonly proxies: ProxySettings
}

/** All settings, or an error that names all their faults at once. */
export function settingsOf(env: Environment): WorkerSettings {
  const own = readSettings(env)
  const otel = readEnvironment(env, path => readFileSync(path))
  refuse([...own.faults, ...otel.faults, ...proxyFaults(env)])
  return { own: own.settings, otel: otel.settings, proxies: env }
}

/** The state directory, for the commands that need no more than that. */
export const stateDirectoryOf = (env: Environment): string =>
  given(env, table.stateDir.name) ?? table.stateDir.default

const proxyFaults = (env: Environment): Fault[] =>
  unusableProxies(env).map(setting => ({
    setting,
    problem: 'it is not the URL of an HTTP proxy',
    remedy: 'Give http://host:port or https://host:port.',
  }))

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return
  const lines = faults.map(({ setting, problem, remedy }) => `  ${setting}: ${problem}. ${remedy}`)
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`
  throw new CommandError(exitCode.settings, `the settings have ${count}:\n${lines.join('\n')}`)
}

/** A URL as it may be told: some collectors take a key in the query. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
