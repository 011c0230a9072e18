/** `log.record.uid`: the same event gives the same ULID, whenever and by whomever it is read. */
import { hash } from 'node:crypto'
import { ulid } from '../../ulid.ts'

/** The version of the rule: another rule would make every known event a new one. */
const RULE = 'pp1'

/**
 * For a PoD event that names itself. `scope`: cluster id or ''. `id`: guid or maillog id. `ts`: as sent. `extra`: what
 * tells apart events of one id (filter.qid of a message, data of a maillog, else ''). `timeMs`: of the event, or 0.
 */
export function identityUid(
  eventName: string,
  scope: string,
  id: string,
  ts: string,
  extra: string,
  timeMs: number,
): string {
  return ulid(timeMs, sha256(`${RULE}\n${eventName}\n${scope}\n${id}\n${ts}\n${extra}`))
}

/** For any other event: over its canonical form, or its raw text when it has none. */
export function contentUid(eventName: string, scope: string, canonicalOrRaw: string, timeMs: number): string {
  return ulid(timeMs, sha256(`${RULE}\n${eventName}\n${scope}\n${canonicalOrRaw}`))
}

const digest = Buffer.alloc(32)

/** Good until the next one. A text takes Node half the time that a new buffer does (measured). */
function sha256(text: string): Buffer {
  digest.write(hash('sha256', text, 'latin1'), 'latin1')
  return digest
}
