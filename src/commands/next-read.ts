/** When a suspect hour is read again, as far as the settings of the reader of a report are those of the worker. */
import { podStream } from '../proofpoint/pod/connection.ts'
import { tapStream } from '../proofpoint/tap/source.ts'
import { oldestKept, readableAt } from '../state/due-hours.ts'
import type { HourSummary, StreamSummary } from '../state/read.ts'
import { archiveOf, productOf } from '../worker/archives.ts'
import type { ReportSettings } from './settings.ts'

/** `at`: at the earliest, ms since 1970. */
export type NextRead = { readonly at: number } | { readonly never: string }

/** `hour`: a suspect one of the stream. */
export function nextRead(
  { hour, asked, nextReadAt }: HourSummary,
  { stream, margin, unsupported }: StreamSummary,
  settings: ReportSettings,
  now: number,
): NextRead {
  const archive = archiveOf(stream, settings)
  const { settlesIn } = archive
  if (unsupported !== null) return { never: 'the archive does not serve the stream' }
  if (!isCollected(stream, settings)) return { never: 'these settings do not name the stream' }
  if (hour < oldestKept(archive, now)) return { never: 'the archive keeps it no more' }
  if (productOf(stream) === 'pod' && settings.podRepair === 'never' && !asked)
    return { never: 'PROOFPOINT_POD_REPAIR=never' }
  return { at: readableAt(hour, nextReadAt, { settlesIn, margin }) }
}

/** Settings that name no account say nothing of any stream. */
function isCollected(stream: string, { podClusterId, podStreams, tapPrincipal }: ReportSettings): boolean {
  if (podClusterId === undefined && tapPrincipal === undefined) return true
  if (tapPrincipal !== undefined && stream === tapStream(tapPrincipal)) return true
  return podClusterId !== undefined && podStreams.some(type => podStream(type, podClusterId) === stream)
}
