import { type Log, tellError } from '../operations/log.ts'
import type { Borrows } from '../state/borrows.ts'
import type { HourLedger } from '../state/ledger.ts'

/** A stream whose archive is read, with whichever token. */
export interface Weighed {
  readonly stream: string
  readonly ledger: Pick<HourLedger, 'suspectBetween' | 'suspectSince'>
  /** Of a stream whose live token the archive may be read with. */
  readonly borrows?: Borrows
  readonly log: Log
}

const REASON = 'the archive was read with the live token, which is known to lose events'

/** Draws the consequences of what a read of the archive has just shown of earlier borrows of the live token. */
export function weigh({ stream, ledger, borrows, log }: Weighed): void {
  const finding = borrows?.finding()
  if (!borrows || !finding) return
  if (finding.trust === 'withdrawn') {
    for (const [from, to] of finding.doubtful) ledger.suspectBetween(from, to, REASON)
    if (finding.lasts) ledger.suspectSince(REASON)
  }
  borrows.enter(finding.trust)
  if (finding.trust === 'withdrawn') tellError(log, 'pod-borrow-withdrawn', stream, { stream })
  else
    log.info(
      { stream, borrowing: finding.trust },
      `${stream}: reading the archive with the live token is trusted from now on: nothing was missing of what came meanwhile`,
    )
}
