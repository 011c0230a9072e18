/** `log.record.uid`, taken before anything is left out, and whatever the options are. */
import type { Reading } from './reading.ts'
import type { Identity } from './rules/identity.ts'
import { canonical } from './values/canonical.ts'
import { contentUid, identityUid } from './values/uid.ts'

/** `identity`: of a PoD event, when it could be read. `timeMs`: of the event, 0 when it has none. */
export function uidOf(
  { text, withoutContent, unreadable }: Reading,
  family: 'pod' | 'tap',
  eventName: string,
  identity: Identity | undefined,
  timeMs: number,
): string {
  if (identity?.id && identity.ts) {
    return identityUid(eventName, identity.scope, identity.id, identity.ts, identity.extra, timeMs)
  }
  const canonicalText =
    unreadable === 'parse_error' ? undefined : canonical(withoutContent().text, { kind: family })
  return contentUid(eventName, identity?.scope ?? '', canonicalText ?? text(), timeMs)
}
