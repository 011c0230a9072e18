/**
 * The hour ledger. `hours.state` is NULL where time decides: live between the stream's start and its last sign of life,
 * unknown elsewhere. `covered` is 0 once live coverage of the hour was broken. `delivered` counts the live lane. The last
 * change of an hour stands in its row, all of them in `hour_changes`. `read_uids` are the digests of what a read held.
 * `lateness` is the greatest of a day, in ms.
 */
export const hourLedger = `
  CREATE TABLE hours (
    stream INTEGER NOT NULL REFERENCES streams,
    hour INTEGER NOT NULL,
    state TEXT CHECK (state IN ('suspect', 'verified', 'lost')),
    covered INTEGER NOT NULL DEFAULT 1,
    reason TEXT,
    changed_at INTEGER,
    next_read_at INTEGER NOT NULL DEFAULT 0,
    lacking INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    repaired INTEGER NOT NULL DEFAULT 0,
    already_delivered INTEGER NOT NULL DEFAULT 0,
    dead_lettered INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (stream, hour)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE hour_changes (
    stream INTEGER NOT NULL REFERENCES streams,
    hour INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX hour_changes_by_hour ON hour_changes (stream, hour);
  CREATE TRIGGER hour_entered AFTER INSERT ON hours WHEN new.state IS NOT NULL BEGIN
    INSERT INTO hour_changes VALUES (new.stream, new.hour, new.changed_at, new.state, new.reason);
  END;
  CREATE TRIGGER hour_changed AFTER UPDATE OF state, reason ON hours
    WHEN new.state IS NOT old.state OR new.reason IS NOT old.reason BEGIN
    INSERT INTO hour_changes VALUES (new.stream, new.hour, new.changed_at, new.state, new.reason);
  END;

  CREATE TABLE lateness (
    stream INTEGER NOT NULL REFERENCES streams,
    day INTEGER NOT NULL,
    ms INTEGER NOT NULL,
    PRIMARY KEY (stream, day)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER NOT NULL REFERENCES streams,
    hour INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended TEXT CHECK (ended IN ('complete', 'broken'))
  ) STRICT;
  CREATE INDEX reads_by_hour ON reads (stream, hour);
  CREATE TABLE read_uids (
    read INTEGER NOT NULL REFERENCES reads,
    digests BLOB NOT NULL
  ) STRICT;
  CREATE INDEX read_uids_by_read ON read_uids (read);
`
