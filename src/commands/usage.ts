/** What `<command> --help` prints of the commands that do not tell it themselves. */
const settings = 'Settings are environment variables; proofpoint-otel --help lists them.'

/** In one line, as a wrong word is answered. */
export const deadLettersUsage =
  'usage: proofpoint-otel dead-letters list | show ID | export | replay ID ... | drop ID ... (or --all)'

export const usages: ReadonlyMap<string, string> = new Map(
  Object.entries({
    run: `usage: proofpoint-otel run

Collects and delivers until stopped by SIGTERM or Ctrl-C; then delivers what was read, within 25 s. Takes no options.
${settings}
`,
    demo: `usage: proofpoint-otel demo [--seconds N]

Collects from an embedded Proofpoint and prints each record. Needs no account, network or collector, and heeds no settings.

  --seconds N    how long (20)
`,
    check: `usage: proofpoint-otel check

Checks the settings, tells all faults at once, and prints those in effect without their secrets. Connects nowhere. Takes no
options.
${settings}
`,
    report: `usage: proofpoint-otel report [options]

Prints the state of each hour of each stream; beside a running worker too.
${settings}

  --stream NAME  only of this stream, such as pod/message@example_hosted; may be repeated
  --json         for machines
  --from TIME --to TIME
                 only of this span, and whether it is complete: if not, the exit code is 4. ISO times with Z or an offset,
                 such as 2026-11-22T02:00:00Z
  --strict       of a span: only verified hours count as complete
`,
    backfill: `usage: proofpoint-otel backfill --stream NAME --from TIME --to TIME [--yes]

Reads hours from Proofpoint's archive that nothing is proven of, by the running worker, or alone when none runs. Says first
what that takes; can be interrupted and given again.
${settings}

  --stream NAME  such as pod/message@example_hosted; report names those there are
  --from TIME --to TIME
                 ISO times such as 2026-11-22T02:00:00Z, rounded to whole hours
  --yes          asks no question first
`,
    'dead-letters': `${deadLettersUsage}

Records that the collector refused; beside a running worker too.
${settings}

  list           one a line, with its ID and the reason
  show ID        one, with its text
  export         all, one JSON object a line
  replay ID ... | --all
                 delivers these, or all, once more; those that are taken are removed
  drop ID ... | --all
                 gives these, or all, up
`,
  }),
)
