import type { Clock } from '../clock.ts'
import type { Drift } from '../operations/drift.ts'
import { type Log, tellError } from '../operations/log.ts'
import type { Mapper, Source } from '../pipeline.ts'
import type { WorkerState } from '../state/open.ts'
import { accountMapper } from './account-mapper.ts'
import type { BorrowLane } from './borrow.ts'
import type { Coverage } from './coverage.ts'
import type { RepairLane } from './repair.ts'
import type { WorkerSettings } from './settings.ts'

/** What the streams of a worker are made of. */
export interface StreamParts {
  readonly settings: WorkerSettings
  readonly state: WorkerState
  /** Virtual time. */
  readonly clock: Clock
  readonly log: Log
  readonly seen: Drift
}

/** What the live lane and the archive's have in common. */
type Shared = Pick<RepairLane, 'mapper' | 'exporter' | 'state'>

export interface Stream {
  readonly source: Source
  readonly mapper: Mapper
  /** Of a stream that is held by sessions. */
  readonly coverage?: Coverage
  /** Of a stream whose archive is read beside it. */
  readonly archive?: Omit<RepairLane, keyof Shared>
  /** Of a stream whose archive is read in turns with it, because one token is for both. */
  readonly borrowed?: Omit<BorrowLane, keyof Shared>
}

export const mapperFor = (product: 'pod' | 'tap', account: string, { settings, seen }: StreamParts): Mapper =>
  seen.watch(onUnknown => accountMapper(product, account, settings, onUnknown))

/** Says that what was created between the two times (ms since 1970) cannot be read live any more. */
export function tellGap(
  log: Log,
  code: 'pod-gap' | 'tap-gap',
  stream: string,
  from: number,
  to: number,
): void {
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  tellError(log, code, `${stream}: from ${span.from} to ${span.to}`, { stream, ...span })
}
