import type { MapperOptions } from '../mapping/mapper.ts'
import { createMapper } from '../mapping/mapper.ts'
import { origins } from '../otlp/resource.ts'
import type { Mapper } from '../pipeline.ts'
import { version } from '../version.ts'
import type { ReplaySettings } from './settings.ts'

/** The mapper of one account's events, PoD's or TAP's. */
export function accountMapper(
  product: 'pod' | 'tap',
  account: string,
  { own, otel }: Pick<ReplaySettings, 'own' | 'otel'>,
  onUnknown?: NonNullable<MapperOptions['onUnknown']>,
): Mapper {
  const { attributes, body, content, timestamp, eventNameAttribute, unmappedList, maxRecordBytes } = own
  const origin = origins({ product, account, version, attributes: otel.resourceAttributes })
  const options = { attributes, body, content, timestamp, eventNameAttribute, unmappedList, maxRecordBytes }
  return createMapper({ origin, ...options, ...(onUnknown && { onUnknown }) })
}
