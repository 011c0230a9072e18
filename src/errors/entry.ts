/** What an error means and what is done about it. */
export interface ErrorEntry {
  readonly means: string
  /** Whether the same attempt can succeed later without anybody's doing. */
  readonly waitingHelps: boolean
  readonly worker: string
  readonly operator: string
}

export const retries = 'tries again, at most a minute apart'
export const retriesSlowly = 'tries again, at most five minutes apart; the other streams go on'
