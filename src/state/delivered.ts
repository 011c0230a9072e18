import type { DatabaseSync } from 'node:sqlite'
import { type Clock, hourOf } from '../clock.ts'
import type { Receipt } from '../pipeline.ts'
import { ulidDigest, ulidDigests, ulidTime } from '../ulid.ts'
import { query, transaction } from './database.ts'
import { type DigestSet, digestSet } from './digest-set.ts'
import { forgetting } from './forgetting.ts'
import type { Streams } from './streams.ts'

/** What is kept in memory of the hours that are asked for; beyond it, the one asked for longest ago is dropped. */
const CACHED_BYTES = 64 * 2 ** 20
const CACHED_HOURS = 64

/** The uids of one stream that need not be delivered again. */
export interface DeliveredUids {
  /**
   * Whether the event of this uid was delivered, or is kept as a dead letter. Right up to the last commit. A uid whose
   * time is 0 is looked for under hour 0, whenever it was received.
   */
  has(uid: string): boolean
  /**
   * Forgets the uids that were committed in hours before `ms` (virtual time), whatever time is in them. Right when no
   * later read begins before `ms`: what such a read brings cannot have been read before `ms`.
   */
  forgetBefore(ms: number): void
}

/** uids of one receipt: ten-byte digests by the hour of the time inside the uid. */
export type Digests = ReadonlyMap<number, Buffer>

export interface DeliveredStore {
  of(stream: string): DeliveredUids
  /**
   * Stores the digests of one receipt. Runs inside the caller's transaction; returns what makes `has` know them, to be
   * called once that is committed.
   */
  insert(streamId: number, digests: Digests): () => void
  /** All digests of an hour of uids, one after the other. */
  digests(streamId: number, hour: number): Buffer
}

export function digestsOf({ delivered, deadLetters }: Receipt): Digests {
  const hours = new Map<number, string[]>()
  const add = (uid: string) => {
    const hour = hourOf(ulidTime(uid))
    const uids = hours.get(hour)
    if (uids) uids.push(uid)
    else hours.set(hour, [uid])
  }
  for (const uids of delivered.values()) uids.forEach(add)
  for (const { uid } of deadLetters) add(uid)
  return new Map([...hours].map(([hour, uids]) => [hour, ulidDigests(uids)]))
}

/**
 * One blob of digests a receipt and hour, because a row a uid would cost over a hundred times as much. Once a clock hour
 * is over, its blobs are joined to one each for every hour they speak of.
 */
export function deliveredIn(db: DatabaseSync, clock: Clock, streams: Streams): DeliveredStore {
  const insertBlob = db.prepare(
    'INSERT INTO delivered (stream, hour, committed, digests) VALUES (?, ?, ?, ?)',
  )
  const blobsOfHour = query<{ digests: Uint8Array }>(
    db,
    'SELECT digests FROM delivered WHERE stream = ? AND hour = ?',
  )
  const forget = db.prepare('DELETE FROM delivered WHERE stream = ? AND committed < ?')
  const join = joinBlobsIn(db)
  const forgetSettled = forgetting(db)
  const cache = new Map<string, DigestSet>()
  let joinedAt: number | undefined

  function digestsIn(streamId: number, hour: number): DigestSet {
    const key = `${streamId}:${hour}`
    const set = cache.get(key) ?? loaded(streamId, hour)
    cache.delete(key)
    cache.set(key, set)
    return set
  }

  function loaded(streamId: number, hour: number): DigestSet {
    const set = digestSet()
    for (const { digests } of blobsOfHour.all(streamId, hour)) set.add(asBuffer(digests))
    makeRoom(set.bytes)
    return set
  }

  function makeRoom(added: number): void {
    let bytes = added
    for (const set of cache.values()) bytes += set.bytes
    for (const [key, set] of cache) {
      if (bytes <= CACHED_BYTES && cache.size < CACHED_HOURS) return
      bytes -= set.bytes
      cache.delete(key)
    }
  }

  return {
    of(stream) {
      let id: number | undefined
      let forgotten = Number.NEGATIVE_INFINITY
      return {
        has(uid) {
          id ??= streams.find(stream)?.id
          return id !== undefined && digestsIn(id, hourOf(ulidTime(uid))).has(ulidDigest(uid))
        },
        forgetBefore(ms) {
          const hour = hourOf(ms)
          const streamId = streams.find(stream)?.id
          if (streamId === undefined || hour <= forgotten) return
          transaction(db, () => forget.run(streamId, hour))
          for (const key of cache.keys()) if (key.startsWith(`${streamId}:`)) cache.delete(key)
          forgotten = hour
        },
      }
    },
    insert(streamId, digests) {
      const committed = hourOf(clock.now())
      const isNewHour = committed !== joinedAt
      if (isNewHour) {
        join(committed)
        forgetSettled(clock.now())
      }
      for (const [hour, blob] of digests) insertBlob.run(streamId, hour, committed, blob)
      return () => {
        joinedAt = committed
        if (isNewHour) cache.clear()
        for (const [hour, blob] of digests) cache.get(`${streamId}:${hour}`)?.add(blob)
      }
    },
    digests: (streamId, hour) => Buffer.concat(blobsOfHour.all(streamId, hour).map(row => row.digests)),
  }
}

/** Joins the blobs of all clock hours but `current`. Runs inside the caller's transaction. */
function joinBlobsIn(db: DatabaseSync): (current: number) => void {
  const groups = query<{ stream: number; hour: number; committed: number }>(
    db,
    'SELECT stream, hour, committed FROM delivered WHERE committed <> ? GROUP BY stream, hour, committed HAVING count(*) > 1',
  )
  const OF_GROUP = 'WHERE stream = ? AND hour = ? AND committed = ?'
  const blobs = query<{ digests: Uint8Array }>(db, `SELECT digests FROM delivered ${OF_GROUP}`)
  const remove = db.prepare(`DELETE FROM delivered ${OF_GROUP}`)
  const insert = db.prepare('INSERT INTO delivered (stream, hour, committed, digests) VALUES (?, ?, ?, ?)')
  return current => {
    for (const { stream, hour, committed } of groups.all(current)) {
      const joined = Buffer.concat(blobs.all(stream, hour, committed).map(row => row.digests))
      remove.run(stream, hour, committed)
      insert.run(stream, hour, committed, joined)
    }
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
