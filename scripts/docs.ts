/** Writes the generated pages of docs/; with --check only compares, and fails when one has drifted. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { errorTable } from '../src/errors.ts'
import { fieldsPage } from '../src/mapping/fields-doc.ts'
import { otlpSettings } from '../src/otlp/environment.ts'
import { type Setting, table } from '../src/settings/table.ts'

const generated = (source: string) =>
  `<!-- Generated from ${source} by \`npm run docs\`. Do not edit. -->\n\n`
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const row = (...cells: string[]) => `| ${cells.map(cell).join(' | ')} |\n`
const head = (...cells: string[]) => row(...cells) + row(...cells.map(() => '---'))

function settingsPage(): string {
  const own = Object.values<Setting>(table)
  const valueRow = ({ name, kind, default: fallback, meaning, secret }: Setting) =>
    row(
      secret ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``,
      secret ? 'a secret' : kind.form,
      fallback === undefined ? '' : `\`${fallback}\``,
      meaning,
    )
  return `${generated('src/settings/table.ts and src/otlp/environment.ts')}# Settings

All settings are environment variables. An empty variable counts as not set. A secret is given by value or as the path of a
file in the variable with \`_FILE\` at its end; it is never printed. Unknown \`PROOFPOINT_*\` names are faults, so that a misspelt
setting cannot pass. \`proofpoint-otel check\` reports all faults at once, or prints the settings in effect.

## Of the worker

${head('Name', 'Form', 'Default', 'Meaning')}${own.map(valueRow).join('')}
## Of OpenTelemetry

With their standard meaning. Each \`OTEL_EXPORTER_OTLP_*\` may also be given as \`OTEL_EXPORTER_OTLP_LOGS_*\`, which goes first.

${head('Name', 'Default', 'Meaning')}${otlpSettings.map(({ name, default: fallback, meaning }) => row(`\`${name}\``, fallback ? `\`${fallback}\`` : '', meaning)).join('')}
## Of the surroundings

${head('Name', 'Meaning')}${row('`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`', 'The way out, for PoD, TAP and OTLP alike; lower-case names too. `NO_PROXY` takes hosts, `.domains`, addresses, networks and `*`.')}${row('`NODE_EXTRA_CA_CERTS`', 'A file of further CA certificates, for instance that of a proxy that inspects TLS.')}`
}

function errorsPage(): string {
  const sections = Object.entries(errorTable).map(
    ([code, { means, waitingHelps, worker, operator }]) => `## ${code}

${means}

- Waiting ${waitingHelps ? 'helps' : 'does not help'}.
- The worker: ${worker}.
- You: ${operator}
`,
  )
  return `${generated('src/errors.ts')}# Errors

Each line of the worker's log that tells of trouble has one of these codes: those of level WARN (40 in JSON) pass by themselves, those of
level ERROR (50) ask for somebody: alarm on these. A stream that is not open, or a collector that takes nothing, for 15 minutes is told at
level ERROR whatever the reason. A stream that fails never stops the others. What lasts
costs nothing for a while: Proofpoint keeps the place of a PoD stream for one hour and its archive for 30 days, and TAP its events
for seven days. A stream that was away for longer says so when it is open again (\`pod-gap\`, \`tap-gap\`).

${sections.join('\n')}`
}

const pages = {
  'docs/settings.md': settingsPage,
  'docs/errors.md': errorsPage,
  'docs/fields.md': fieldsPage,
}

const check = process.argv.includes('--check')
for (const [file, render] of Object.entries(pages)) {
  const text = render()
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  if (check) {
    process.stderr.write(`${file} is not what the code says: run npm run docs\n`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    process.stdout.write(`wrote ${file}\n`)
  }
}
