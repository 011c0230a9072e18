import { readFileSync } from 'node:fs'
import { readEnvironment } from '../otlp/environment.ts'
import { unusableProxies } from '../proxy.ts'
import { type Fault, recordBody } from '../settings/between.ts'
import { type Environment, given, readSettings, readSome, type Settings } from '../settings/read.ts'
import { table } from '../settings/table.ts'
import { mappingKeys, type ReplaySettings, type WorkerSettings } from '../worker/settings.ts'
import { CommandError, exitCode } from './outside.ts'

/** All settings, or an error that names all their faults at once. */
export function settingsOf(env: Environment): WorkerSettings {
  const own = readSettings(env)
  const otel = readEnvironment(env, path => readFileSync(path))
  refuse([...own.faults, ...otel.faults, ...proxyFaults(env)])
  return { own: own.settings, otel: otel.settings, proxies: env }
}

/** What the environment says to a report: of the time, and of what a worker would read again. */
export type ReportSettings = Pick<Settings, (typeof reportKeys)[number]>

const reportKeys = [
  'podClusterId',
  'podStreams',
  'podRepair',
  'tapPrincipal',
  'tapLookBack',
  'tapSweep',
  'rehearsalClock',
] as const

/** What a report needs to know, or an error that names all their faults. No other setting is looked at. */
export function reportSettingsOf(env: Environment): ReportSettings {
  const { settings, faults } = readSome(env, reportKeys)
  refuse(faults)
  return settings
}

/** What a replay needs to know, or an error that names all its faults. No other setting is looked at. */
export function replaySettingsOf(env: Environment): ReplaySettings {
  const own = readSome(env, mappingKeys)
  const otel = readEnvironment(env, path => readFileSync(path))
  refuse([...own.faults, ...recordBody(own.settings), ...otel.faults, ...proxyFaults(env)])
  return { own: own.settings, otel: otel.settings, proxies: env }
}

/** What the settings say about the mapping, or an error that names all their faults. No other setting is looked at. */
export function mappingSettingsOf(env: Environment): Pick<Settings, (typeof mappingKeys)[number]> {
  const { settings, faults } = readSome(env, mappingKeys)
  refuse([...faults, ...recordBody(settings)])
  return settings
}

/** The state directory, for the commands that need no more than that. */
export const stateDirectoryOf = (env: Environment): string =>
  given(env, table.stateDir.name) ?? table.stateDir.default

const proxyFaults = (env: Environment): Fault[] =>
  unusableProxies(env).map(setting => ({
    setting,
    problem: 'it is not the URL of an HTTP proxy',
    remedy: 'Give http://host:port or https://host:port; write % in a password as %25.',
  }))

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return
  const lines = faults.map(({ setting, problem, remedy }) => `  ${setting}: ${problem}. ${remedy}`)
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`
  throw new CommandError(exitCode.settings, `the settings have ${count}:\n${lines.join('\n')}`)
}

/** A URL as it may be told: without user, password and query, where some collectors take a key. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '(no URL)'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
