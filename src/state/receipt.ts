import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import type { Receipt, StreamLane } from '../pipeline.ts'
import { hourOfRecord, ulidDigests } from '../ulid.ts'
import type { BorrowStore } from './borrows.ts'
import { transaction } from './database.ts'
import { type DeadLetterRoom, deadLetterStore } from './dead-letters-room.ts'
import { type DeliveredStore, digestsOf } from './delivered.ts'
import type { Reads } from './reads.ts'
import type { Streams } from './streams.ts'
import type { Suspicions } from './suspicion.ts'

/** Where the parts of a receipt go. */
export interface ReceiptParts {
  readonly streams: Streams
  readonly uids: DeliveredStore
  readonly reads: Reads
  readonly suspicions: Suspicions
  readonly borrows: BorrowStore
  readonly room: DeadLetterRoom
}

/**
 * Makes the function that stores a receipt in one transaction: cursor, delivered uids, dead letters, the hours' counts and
 * what a read held, all or nothing. With dead letters it outlives a power cut, since their events will not be read again;
 * without, a power cut may take it: then its page is read and delivered once more.
 */
export function receiptWriter(db: DatabaseSync, clock: Clock, parts: ReceiptParts) {
  const { streams, uids, reads, suspicions, borrows, room } = parts
  const keepDeadLetters = deadLetterStore(db, clock, room)
  const count = hourCounter(db)
  return ({ name, lane }: StreamLane, receipt: Receipt): void => {
    const { delivered, skipped, deadLetters, lateness, read } = receipt
    const digests = digestsOf(receipt)
    const { remember, tellEvicted } = transaction(
      db,
      () => {
        const { id } = streams.ensure(name)
        const remember = uids.insert(id, digests)
        const tellEvicted = keepDeadLetters(id, deadLetters)
        for (const [hour, { length }] of delivered)
          count(id, hour, lane === 'live' ? 'delivered' : 'repaired', length)
        for (const [hour, { length }] of skipped) count(id, hour, 'already_delivered', length)
        for (const { uid, observedAt, cause } of deadLetters) {
          // The others are counted as delivered already.
          if (cause === 'refused') count(id, hourOfRecord(uid, observedAt), 'dead_lettered', 1)
        }
        if (lane === 'live') suspicions.cameLate(id, lateness)
        else borrows.witness(id, receipt)
        if (read !== undefined)
          reads.add(read, Buffer.concat([...digests.values(), ulidDigests([...skipped.values()].flat())]))
        streams.advance(id, lane, receipt)
        return { remember, tellEvicted }
      },
      { powerCut: deadLetters.length > 0 },
    )
    remember()
    tellEvicted()
  }
}

type Count = 'delivered' | 'repaired' | 'already_delivered' | 'dead_lettered'

/** Adds to a count of an hour. Runs inside the caller's transaction. */
function hourCounter(db: DatabaseSync) {
  const adding = (column: Count) =>
    db.prepare(
      `INSERT INTO hours (stream, hour, ${column}) VALUES (?, ?, ?) ON CONFLICT (stream, hour)
       DO UPDATE SET ${column} = ${column} + excluded.${column}`,
    )
  const statements = {
    delivered: adding('delivered'),
    repaired: adding('repaired'),
    already_delivered: adding('already_delivered'),
    dead_lettered: adding('dead_lettered'),
  }
  return (streamId: number, hour: number, column: Count, more: number): void =>
    void statements[column].run(streamId, hour, more)
}
