// Fails where there is no WebAssembly, so that this is found out here.
import '../mapping/scan/assembly.ts'
import { type OtlpEnvironment, otlpSettings } from '../otlp/environment.ts'
import { type Environment, given } from '../settings/read.ts'
import { type Setting, table } from '../settings/table.ts'
import { probeDirectory } from '../state/probe.ts'
import { type ExitCode, exitCode, type Outside, refuseArguments } from './outside.ts'
import { settingsOf, withoutSecrets } from './settings.ts'

/** `check`: all faults of the settings at once, or the settings in effect with their secrets hidden. Connects nowhere. */
export async function check({ env, args, out }: Outside): Promise<ExitCode> {
  refuseArguments('check', args)
  const { own, otel } = settingsOf(env)
  const unusable = probeDirectory(own.stateDir)
  if (unusable) throw unusable
  out(`${[...ownLines(env), ...otelLines(env, otel), ...surroundings(env)].join('\n')}\n`)
  return exitCode.ok
}

const line = (name: string, value: string, isDefault: boolean) =>
  `${name}=${value}${isDefault ? '  (default)' : ''}`

function ownLines(env: Environment): string[] {
  return Object.values<Setting>(table).flatMap(({ name, default: fallback, secret }) => {
    const value = given(env, name)
    if (secret) {
      const file = given(env, `${name}_FILE`)
      if (file !== undefined) return [line(`${name}_FILE`, file, false)]
      return value === undefined ? [] : [line(name, '(hidden)', false)]
    }
    const effective = value ?? fallback
    return effective === undefined ? [] : [line(name, effective, value === undefined)]
  })
}

function otelLines(env: Environment, { exporter, otlp }: OtlpEnvironment): string[] {
  const names = otlpSettings.flatMap(({ name, secret }) => {
    const forLogs = name.replace('OTEL_EXPORTER_OTLP_', 'OTEL_EXPORTER_OTLP_LOGS_')
    return [...new Set([name, forLogs])].flatMap(form => {
      const value = given(env, form)
      if (value === undefined) return []
      const told = form.endsWith('ENDPOINT') ? withoutSecrets(value) : value
      return [line(form, secret ? '(hidden)' : told, false)]
    })
  })
  return [...names, `records go to ${exporter === 'console' ? 'the console' : withoutSecrets(otlp.url)}`]
}

function surroundings(env: Environment): string[] {
  const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].map(
    name => [name, withoutSecrets] as const,
  )
  const others = ['NO_PROXY', 'no_proxy', 'NODE_EXTRA_CA_CERTS'].map(name => [name, String] as const)
  return [...proxies, ...others].flatMap(([name, told]) => {
    const value = given(env, name)
    return value === undefined ? [] : [line(name, told(value), false)]
  })
}
