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
  const lines = [`report of ${facts.at}`]
  if (lastRun) {
    const end = lastRun.cleanly
      ? `ended cleanly ${lastRun.endedAt}`
      : lastRun.died
        ? 'did not end cleanly'
        : 'runs'
    lines.push(`last run: began ${lastRun.startedAt}, ${end}`)
  }
  for (const {
    stream,
    committedAt,
    coveredUntil,
    notCoveredForMs,
    unsupported,
    borrowing,
    hours,
  } of streams) {
    const covered =
      notCoveredForMs === null
        ? `covered until ${coveredUntil}`
        : `NOT covered since ${coveredUntil} (${lengthOf(notCoveredForMs)})`
    lines.push('', `${stream}: last commit ${committedAt ?? 'never'}, ${covered}`)
    if (unsupported !== null) lines.push(`  hours cannot be read again: ${unsupported}`)
    if (borrowing !== null) lines.push(`  read from the archive with the live token: ${believed[borrowing]}`)
    lines.push(...runsOf(hours).map(run => lineOf(run, facts.at)))
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
  if (facts.streams.length === 0) return `${ofWhat}: NOT complete: no worker has started a stream yet`
  const { openHours = 0, firstOpenHour: first } = facts
  const faults = [
    ...(first
      ? [
          `${openHours === 1 ? 'an hour' : `${openHours} hours`} not proven, first ${first.hour} of ${first.stream} (${first.why})`,
        ]
      : []),
    ...some(facts.openDeadLetters ?? 0, 'open dead letters'),
    ...some(facts.evictedUndelivered ?? 0, 'evicted dead letters'),
    ...some(facts.droppedUndelivered ?? 0, 'dropped dead letters'),
  ]
  return `${ofWhat}: NOT complete: ${faults.join(', ')}`
}

function lengthOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24]
  return days > 0 ? `${days} d ${hours} h` : `${hours > 0 ? `${hours} h ` : ''}${minutes % 60} min`
}

/** Neighbouring hours of equal state, reason and prospect, without or with dead letters that are gone; each run is one line. */
function runsOf(hours: readonly Hour[]): Hour[][] {
  const runs: Hour[][] = []
  for (const hour of hours) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    const isNext = last && Date.parse(iso(last)) + HOUR_MS === Date.parse(iso(hour))
    const isAlike =
      last?.state === hour.state &&
      last.reason === hour.reason &&
      last.notReadAgain === hour.notReadAgain &&
      hasGone(last) === hasGone(hour)
    if (isNext && isAlike) run?.push(hour)
    else runs.push([hour])
  }
  return runs
}

const hasGone = ({ evicted, dropped }: Hour): boolean => evicted + dropped > 0

const iso = ({ hour }: Hour) => hour.replace('Z', ':00Z')

function lineOf(run: readonly Hour[], now: string): string {
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
  const about = [...(first.reason === null ? [] : [first.reason]), ...prospectOf(run, now)]
  const why = about.length === 0 ? '' : `  (${about.join('; ')})`
  return `  ${span.padEnd(47)} ${first.state.padEnd(10)}${counts.join(', ')}${why}`
}

/** Whether and when the first of suspect hours is read again. */
function prospectOf(run: readonly Hour[], now: string): string[] {
  const never = run[0]?.notReadAgain
  if (never !== undefined) return [`not read again: ${never}`]
  const [next] = run.flatMap(({ nextReadAt }) => nextReadAt ?? []).sort()
  if (next === undefined) return []
  return [next <= now ? 'to be read now' : `next read ${next.slice(0, 16)}Z`]
}

const some = (count: number, what: string): string[] => (count > 0 ? [`${count} ${what}`] : [])
