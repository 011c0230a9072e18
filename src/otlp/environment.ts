import type { Blame, EnvironmentFault, Found } from './environment-fault.ts'
import { readList } from './environment-list.ts'
import { readTls } from './environment-tls.ts'
import { readHeaders, readTimeout, readUrl, readWord } from './environment-values.ts'
import type { OtlpOptions } from './exporter.ts'

const GENERAL = 'OTEL_EXPORTER_OTLP_'
const FOR_LOGS = 'OTEL_EXPORTER_OTLP_LOGS_'
const DEFAULT_PROTOCOL = 'http/protobuf'
const DEFAULT_TIMEOUT_MS = 10_000

/** The standard variables that are obeyed. Each `OTEL_EXPORTER_OTLP_*` also has its `OTEL_EXPORTER_OTLP_LOGS_*` form. */
export const otlpSettings: readonly {
  readonly name: string
  /** As it would be written; none: absent unless given. */
  readonly default?: string
  readonly meaning: string
  readonly secret?: true
}[] = [
  {
    name: 'OTEL_LOGS_EXPORTER',
    default: 'otlp',
    meaning: '`otlp`, or `console`: readable records on stdout, delivered nowhere.',
  },
  {
    name: `${GENERAL}ENDPOINT`,
    default: 'http://localhost:4318',
    meaning: 'The collector; `/v1/logs` is appended. The `_LOGS_` form is the whole URL, used as it is.',
  },
  {
    name: `${GENERAL}PROTOCOL`,
    default: DEFAULT_PROTOCOL,
    meaning: '`http/protobuf` or `http/json`. `grpc` is refused: use the OTLP/HTTP port of the collector.',
  },
  {
    name: `${GENERAL}HEADERS`,
    meaning: 'Sent with each request: `name=value` pairs separated by commas, values percent-encoded.',
    secret: true,
  },
  {
    name: `${GENERAL}TIMEOUT`,
    default: String(DEFAULT_TIMEOUT_MS),
    meaning: 'Milliseconds for one request and its answer.',
  },
  { name: `${GENERAL}COMPRESSION`, default: 'none', meaning: '`none` or `gzip`.' },
  {
    name: `${GENERAL}CERTIFICATE`,
    meaning:
      "File of the CA certificates (PEM) that the collector's is checked with, in place of the built-in ones.",
  },
  { name: `${GENERAL}CLIENT_CERTIFICATE`, meaning: 'File of the client certificate (PEM), for mutual TLS.' },
  { name: `${GENERAL}CLIENT_KEY`, meaning: "File of the client certificate's key (PEM)." },
  {
    name: 'OTEL_RESOURCE_ATTRIBUTES',
    meaning:
      '`name=value` pairs separated by commas, values percent-encoded, added to the resource of every record. What names product and account cannot be replaced.',
  },
]

export interface OtlpEnvironment {
  readonly exporter: 'otlp' | 'console'
  readonly otlp: Omit<OtlpOptions, 'proxies' | 'version'>
  readonly resourceAttributes: Readonly<Record<string, string>>
}

/**
 * Reads the variables with the meaning that the OpenTelemetry specification gives them: a `_LOGS_` form goes before its
 * general form, and an empty variable counts as not set. Tells all faults at once; with one, the settings are of no use.
 * `readFile` reads a certificate file, and throws when it cannot.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => Buffer,
): { readonly settings: OtlpEnvironment; readonly faults: readonly EnvironmentFault[] } {
  const faults: EnvironmentFault[] = []
  const blame: Blame = (setting, problem, remedy) => faults.push({ setting, problem, remedy })

  const variable = (name: string): Found | undefined => {
    const value = env[name]?.trim()
    return value ? { name, value } : undefined
  }
  const given = (key: string) => variable(FOR_LOGS + key) ?? variable(GENERAL + key)
  const preset = (name: string): Found => ({
    name,
    value: otlpSettings.find(setting => setting.name === name)?.default ?? '',
  })
  const withDefault = (key: string) => given(key) ?? preset(GENERAL + key)

  const endpoint = withDefault('ENDPOINT')
  const headers = given('HEADERS')
  const attributes = variable('OTEL_RESOURCE_ATTRIBUTES')
  const tls = readTls(given, readFile, blame)
  const settings: OtlpEnvironment = {
    exporter: readWord(
      variable('OTEL_LOGS_EXPORTER') ?? preset('OTEL_LOGS_EXPORTER'),
      ['otlp', 'console'],
      'Use otlp or console.',
      blame,
    ),
    otlp: {
      url: readUrl(endpoint, endpoint.name.startsWith(FOR_LOGS) ? '' : '/v1/logs', blame),
      headers: headers ? readHeaders(headers, blame) : {},
      timeoutMs: readTimeout(withDefault('TIMEOUT'), blame),
      compression: readWord(withDefault('COMPRESSION'), ['none', 'gzip'], 'Use none or gzip.', blame),
      protocol: readWord(
        withDefault('PROTOCOL'),
        [DEFAULT_PROTOCOL, 'http/json'],
        "Use http/protobuf or http/json with the collector's OTLP/HTTP port, which is 4318 (4317 is that of gRPC).",
        blame,
      ),
      ...(tls && { tls }),
    },
    resourceAttributes: attributes ? Object.fromEntries(readList(attributes, blame)) : {},
  }
  return { settings, faults }
}
