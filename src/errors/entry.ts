/** What an error means and what is done about it. */
export interface ErrorEntry {
  readonly means: string
  /** Whether the same attempt can succeed later without anybody's doing. */
  readonly waitingHelps: boolean
  readonly worker: string
  readonly operator: string
}

/** How long nothing is lost while nothing is delivered. */
export const sourcesWait = 'PoD keeps its place for one hour, TAP its events for seven days.'
/** Follows what the worker does where frames may be missing. */
export const readAgain =
  'the hours around it are suspect, and are read again from the archive (unless PROOFPOINT_POD_REPAIR is never)'
export const seeReport =
  'No action needed: proofpoint-otel report shows when its hours are verified (with PROOFPOINT_POD_REPAIR never: have them read with proofpoint-otel backfill).'
export const retries = 'tries again, at most a minute apart'
export const retriesSlowly = 'tries again, at most five minutes apart; the other streams go on'
