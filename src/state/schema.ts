import type { DatabaseSync } from 'node:sqlite'
import { backfills } from './backfill-schema.ts'
import { borrowing } from './borrows-schema.ts'
import { requestsByPurpose } from './budget-schema.ts'
import { deadLetterRoomAndOrders } from './dead-letters-schema.ts'
import { hourLedger } from './ledger-schema.ts'

/** Marks the file as ours in its header: "PPot". */
export const APPLICATION_ID = 0x50506f74

/**
 * The n-th entry brings a file of version n to version n + 1; a released entry never changes. All times are ms since
 * 1970, UTC. `delivered.hour` is the hour of the time inside the uid (0 for a uid without time) and `committed` the hour
 * of the commit; `hours.hour` is the hour an event is accounted to. `runs.ended` is NULL while a run lasts, and for good
 * when it did not end cleanly. `streams.committed_at`, `newest` (the newest event) and `received_at` (the last receipt of
 * what was committed) are of the live lane; `opened_at` is set for streams that are held by sessions, `settled_at` for those
 * that are polled; `suspect_from` while a suspicion is open.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended TEXT CHECK (ended IN ('cleanly', 'unreadable'))
  ) STRICT;

  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    started_at INTEGER NOT NULL,
    cursor TEXT,
    committed_at INTEGER,
    newest INTEGER NOT NULL DEFAULT 0,
    opened_at INTEGER,
    settled_at INTEGER,
    suspect_from INTEGER,
    suspect_reason TEXT,
    unsupported TEXT
  ) STRICT;

${hourLedger}
  CREATE TABLE delivered (
    stream INTEGER NOT NULL REFERENCES streams,
    hour INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    digests BLOB NOT NULL
  ) STRICT;
  CREATE INDEX delivered_by_hour ON delivered (stream, hour, committed);

  CREATE TABLE requests (
    stream INTEGER NOT NULL REFERENCES streams,
    minute INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (stream, minute)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER NOT NULL REFERENCES streams,
    uid TEXT NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    observed_at INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE TABLE dead_letter_totals (
    cause TEXT PRIMARY KEY,
    letters INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER dead_letter_stored AFTER INSERT ON dead_letters BEGIN
    INSERT INTO dead_letter_totals VALUES (new.cause, 1, new.bytes)
      ON CONFLICT (cause) DO UPDATE SET letters = letters + 1, bytes = bytes + new.bytes;
  END;
  CREATE TRIGGER dead_letter_removed AFTER DELETE ON dead_letters BEGIN
    UPDATE dead_letter_totals SET letters = letters - 1, bytes = bytes - old.bytes WHERE cause = old.cause;
  END;
${deadLetterRoomAndOrders}
  `,
  `
${backfills}${borrowing}${requestsByPurpose}  ALTER TABLE hours ADD COLUMN evicted INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE hours ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
  -- Of a spent read it is only known that it was: what it held is forgotten.
  ALTER TABLE reads ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE streams ADD COLUMN received_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE streams ADD COLUMN covered_at INTEGER;
  UPDATE streams SET covered_at = committed_at;
  -- In version 1 the record of an oversize original was not delivered.
  UPDATE dead_letters SET cause = 'refused' WHERE cause = 'oversize';
  `,
]

export const SCHEMA_VERSION = steps.length

/** Brings a file from `version` to this program's version. Runs inside the caller's transaction. */
export function upgrade(db: DatabaseSync, version: number): void {
  if (version === SCHEMA_VERSION) return
  for (const step of steps.slice(version)) db.exec(step)
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`)
}
