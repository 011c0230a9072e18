import { otlpSettings } from '../otlp/environment.ts'
import { type Setting, table } from '../settings/table.ts'
import { type ExitCode, exitCode, type Outside } from './outside.ts'
import { usages } from './usage.ts'

const usage = `proofpoint-otel: every Proofpoint email-security log as OpenTelemetry records.

usage: proofpoint-otel [command]

  run            collect and deliver until stopped (the default)
  demo           the same on an embedded Proofpoint, for 20 s: needs no account, network or collector
  simulate       serve the embedded Proofpoint; simulate --help lists its options
  check          check the settings, all faults at once, and print those in effect
  map            events on standard input to records on standard output, without network; map --help tells more
  report         the state of each hour of each stream, or of --stream NAME ...; --json for machines;
                 --from TIME --to TIME [--strict] answers whether that span is complete (verified)
  backfill       --stream NAME --from TIME --to TIME [--yes]: read hours from Proofpoint's archive that nothing is proven of;
                 says first what that takes; can be interrupted and given again
  dead-letters   list | show ID | export: records that the collector refused;
                 replay ID ... | --all: deliver them once more; drop ID ... | --all: give them up
  --version, --help; COMMAND --help tells of one command

Settings are environment variables; a secret NAME may be given as NAME_FILE instead.
`

const exits = `
Exit codes: 0 stopped cleanly, 1 internal error, 2 settings or usage, 3 state, 4 report, backfill: not complete,
5 stopped while something read was undelivered; dead-letters replay, drop: letters that were meant are left, or the order
is still queued.
`

/** `help [COMMAND]`: the usage of one command, or the page of all with the settings. */
export async function help({ args: [command = ''], out }: Outside): Promise<ExitCode> {
  const own = usages.get(command)
  if (own !== undefined) {
    out(own)
    return exitCode.ok
  }
  const rows = [...Object.values<Setting>(table), ...otlpSettings].map(
    ({ name, default: fallback, meaning }) =>
      `\n  ${name}${fallback === undefined ? '' : ` (${fallback})`}\n      ${meaning}`,
  )
  out(`${usage}${rows.join('')}\n${exits}`)
  return exitCode.ok
}
