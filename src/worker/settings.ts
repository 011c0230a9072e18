import { type Clock, real, rehearsalClock } from '../clock.ts'
import type { OtlpEnvironment } from '../otlp/environment.ts'
import type { ProxySettings } from '../proxy.ts'
import type { Settings } from '../settings/read.ts'

/** Everything that the environment says to a worker. */
export interface WorkerSettings {
  readonly own: Settings
  readonly otel: OtlpEnvironment
  readonly proxies: ProxySettings
}

/** What the environment says to a replay without a worker. */
export interface ReplaySettings extends Omit<WorkerSettings, 'own'> {
  readonly own: Pick<Settings, (typeof mappingKeys)[number]>
}

export const mappingKeys = [
  'attributes',
  'body',
  'acceptFieldLoss',
  'content',
  'timestamp',
  'eventNameAttribute',
  'unmappedList',
  'maxRecordBytes',
] as const

/** Proofpoint's time: virtual in a rehearsal. */
export const clockOf = ({ rehearsalClock: rehearsal }: Pick<Settings, 'rehearsalClock'>): Clock =>
  rehearsal ? rehearsalClock(rehearsal) : real
