import { HOUR_MS } from '../clock.ts'
import type { ReportFacts } from './report.ts'

type Hour = ReportFacts['streams'][number]['hours'][number]

const believed = {
  undecided: 'not yet known whether that loses live events, so the hours around it are read again',
  trusted: 'trusted, since nothing was missing of what came meanwhile',
  withdrawn:
    'it loses live events, so the hours around it are read again; PROOFPOINT_POD_ARCHIVE_TOKEN ends that',
} as const

/** The report for people: equal hours that need no attention are one line. */
export function reportText(facts: ReportFacts): string {
  const { lastRun, streams, deadLetters, evictedDeadLetters } = facts
  const lines: string[] = []
  if (lastRun) {
    const end = lastRun.cleanly
      ? `ended cleanly ${lastRun.endedAt}`
      : lastRun.died
        ? 'did not end cleanly'
        : 'runs'
    lines.push(`last run: began ${lastRun.startedAt}, ${end}`)
  }
  for (const { stream, committedAt, coveredUntil, unsupported, borrowing, hours } of streams) {
    lines.push('', `${stream}: last commit ${committedAt ?? 'never'}, covered until ${coveredUntil}`)
    if (unsupported !== null) lines.push(`  hours cannot be read again: ${unsupported}`)
    if (borrowing !== null) lines.push(`  read from the archive with the live token: ${believed[borrowing]}`)
    lines.push(...runsOf(hours).map(lineOf))
  }
  for (const { cause, letters, bytes } of deadLetters)
    lines.push('', `dead letters: ${letters} ${cause}, ${bytes} bytes`)
  for (const { cause, letters, bytes } of evictedDeadLetters)
    lines.push('', `dead letters evicted: ${letters} ${cause}, ${bytes} bytes`)
  if (facts.span) lines.push('', verdictOf(facts, facts.span))
  return `${lines.join('\n')}\n`
}

function verdictOf(facts: ReportFacts, span: NonNullable<ReportFacts['span']>): string {
  const ofWhat = `${span.from} to ${span.to}`
  if (facts.complete) return `${ofWhat}: complete${span.strict ? ', all verified' : ''}`
  const gone = [
    ...some(facts.evictedUndelivered ?? 0, 'evicted dead letters'),
    ...some(facts.droppedUndelivered ?? 0, 'dropped dead letters'),
  ].map(text => `, ${text}`)
  return `${ofWhat}: NOT complete: ${facts.openHours} hours not proven, ${facts.openDeadLetters} open dead letters${gone.join('')}`
}

/** Neighbouring hours of equal state and reason, without or with dead letters that are gone; each run is one line. */
function runsOf(hours: readonly Hour[]): Hour[][] {
  const runs: Hour[][] = []
  for (const hour of hours) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    const isNext = last && Date.parse(iso(last)) + HOUR_MS === Date.parse(iso(hour))
    const isAlike =
      last?.state === hour.state && last.reason === hour.reason && hasGone(last) === hasGone(hour)
    if (isNext && isAlike) run?.push(hour)
    else runs.push([hour])
  }
  return runs
}

const hasGone = ({ evicted, dropped }: Hour): boolean => evicted + dropped > 0

const iso = ({ hour }: Hour) => hour.replace('Z', ':00Z')

function lineOf(run: readonly Hour[]): string {
  const [first] = run
  const last = run.at(-1)
  if (!first || !last) return ''
  const sum = (count: (hour: Hour) => number) => run.reduce((total, hour) => total + count(hour), 0)
  const span = run.length > 1 ? `${first.hour} to ${last.hour} (${run.length} h)` : first.hour
  const counts = [
    `${sum(hour => hour.delivered)} delivered`,
    ...some(
      sum(hour => hour.repaired),
      'by repair',
    ),
    ...some(
      sum(hour => hour.alreadyDelivered),
      'already delivered',
    ),
    ...some(
      sum(hour => hour.deadLettered),
      'dead letters',
    ),
    ...some(
      sum(hour => hour.evicted),
      'evicted dead letters',
    ),
    ...some(
      sum(hour => hour.dropped),
      'dropped dead letters',
    ),
    ...some(
      sum(hour => hour.lacking),
      'not in the archive',
    ),
  ]
  const why = first.reason === null ? '' : `  (${first.reason})`
  return `  ${span.padEnd(46)}${first.state.padEnd(10)}${counts.join(', ')}${why}`
}

const some = (count: number, what: string): string[] => (count > 0 ? [`${count} ${what}`] : [])
