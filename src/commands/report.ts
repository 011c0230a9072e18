import { type HourCount, readState, type StateReader } from '../state/read.ts'
import { parseOptions } from './options.ts'
import { type ExitCode, exitCode, type Outside } from './outside.ts'
import { stateDirectoryOf } from './settings.ts'

/** `report [--json]`: what was delivered, by stream and hour; also beside a running worker. */
export async function report({ env, args, out }: Outside): Promise<ExitCode> {
  const { values } = parseOptions('report', args, { json: { type: 'boolean' } })
  const state = readState(stateDirectoryOf(env))
  try {
    const facts = factsOf(state)
    out(values.json ? `${JSON.stringify(facts, undefined, 2)}\n` : forPeople(facts))
    return exitCode.ok
  } finally {
    state.close()
  }
}

const iso = (ms: number) => new Date(ms).toISOString()

function factsOf(state: StateReader) {
  const run = state.lastRun()
  const hours = state.hours()
  return {
    lastRun: run && {
      startedAt: iso(run.startedAt),
      endedAt: run.endedAt === null ? null : iso(run.endedAt),
      cleanly: run.ended === 'cleanly',
    },
    streams: state.streams().map(({ stream, startedAt, committedAt, alreadyDelivered }) => ({
      stream,
      startedAt: iso(startedAt),
      committedAt: committedAt === null ? null : iso(committedAt),
      alreadyDelivered,
      hours: hours.filter(hour => hour.stream === stream).map(hourFacts),
    })),
    deadLetters: state.deadLetters.totals(),
  }
}

const hourFacts = ({ hour, delivered, deadLettered }: HourCount) => ({
  hour: `${iso(hour).slice(0, 13)}:00Z`,
  delivered,
  deadLettered,
})

function forPeople({ lastRun, streams, deadLetters }: ReturnType<typeof factsOf>): string {
  const lines: string[] = []
  if (lastRun) {
    const end = lastRun.cleanly ? `ended cleanly ${lastRun.endedAt}` : 'runs, or ended uncleanly'
    lines.push(`last run: began ${lastRun.startedAt}, ${end}`)
  }
  for (const { stream, committedAt, alreadyDelivered, hours } of streams) {
    lines.push(
      '',
      `${stream}: last commit ${committedAt ?? 'never'}, ${alreadyDelivered} read again and skipped`,
    )
    for (const { hour, delivered, deadLettered } of hours) {
      lines.push(
        `  ${hour}  ${String(delivered).padStart(10)} delivered${deadLettered > 0 ? `  ${deadLettered} dead letters` : ''}`,
      )
    }
  }
  for (const { cause, letters, bytes } of deadLetters)
    lines.push('', `dead letters: ${letters} ${cause}, ${bytes} bytes`)
  return `${lines.join('\n')}\n`
}
