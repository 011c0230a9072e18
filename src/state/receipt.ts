import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import type { Receipt } from '../pipeline.ts'
import { hourOfRecord } from '../ulid.ts'
import { transaction } from './database.ts'
import { deadLetterInsert } from './dead-letters.ts'
import { type DeliveredStore, digestsOf } from './delivered.ts'
import type { Streams } from './streams.ts'

/**
 * Makes the function that stores a receipt in one transaction: cursor, delivered uids, dead letters and the hours'
 * counts, all or nothing. With dead letters it outlives a power cut, since their events will not be read again; without,
 * a power cut may take it: then its page is read and delivered once more.
 */
export function receiptWriter(db: DatabaseSync, clock: Clock, streams: Streams, uids: DeliveredStore) {
  const insertDeadLetters = deadLetterInsert(db, clock)
  const count = db.prepare(
    `INSERT INTO hours (stream, hour, delivered, dead_lettered) VALUES (?, ?, ?, ?) ON CONFLICT (stream, hour)
     DO UPDATE SET delivered = delivered + excluded.delivered, dead_lettered = dead_lettered + excluded.dead_lettered`,
  )
  return (stream: string, receipt: Receipt): void => {
    const { cursor, delivered, alreadyDelivered, deadLetters } = receipt
    const digests = digestsOf(receipt)
    const remember = transaction(
      db,
      () => {
        const { id } = streams.ensure(stream)
        const remember = uids.insert(id, digests)
        insertDeadLetters(id, deadLetters)
        for (const [hour, { length }] of delivered) count.run(id, hour, length, 0)
        for (const { uid, observedAt, cause } of deadLetters) {
          // What was perhaps delivered is counted as delivered already.
          if (cause !== 'perhaps delivered') count.run(id, hourOfRecord(uid, observedAt), 0, 1)
        }
        streams.advance(id, cursor, alreadyDelivered)
        return remember
      },
      { powerCut: deadLetters.length > 0 },
    )
    remember()
  }
}
