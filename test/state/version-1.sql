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
CREATE TABLE read_uids (
    read INTEGER NOT NULL REFERENCES reads,
    digests BLOB NOT NULL
  ) STRICT;
CREATE TABLE delivered (
    stream INTEGER NOT NULL REFERENCES streams,
    hour INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    digests BLOB NOT NULL
  ) STRICT;
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
CREATE TABLE evicted_dead_letters (
    cause TEXT PRIMARY KEY,
    letters INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    command TEXT NOT NULL CHECK (command IN ('replay', 'drop')),
    letters TEXT,
    up_to INTEGER NOT NULL,
    result TEXT
  ) STRICT;
INSERT INTO runs VALUES (1, 36000000000, 36000001000, 'cleanly');
INSERT INTO runs VALUES (2, 36000001000, NULL, NULL);
INSERT INTO streams VALUES (1, 'pod/message@test', 36000001000, '{"heldAt":36012600000}', 36012600000, 36012600000, 36000001000, NULL, NULL, NULL, NULL);
INSERT INTO streams VALUES (2, 'tap@test', 36028800000, '{"settled":36028799000}', 36028800000, 36028800000, NULL, 36028799000, NULL, NULL, NULL);
INSERT INTO hours VALUES (1, 35992800000, NULL, 1, NULL, NULL, 0, 0, 1, 0, 0, 0);
INSERT INTO hours VALUES (1, 35996400000, NULL, 1, NULL, NULL, 0, 0, 1, 0, 0, 0);
INSERT INTO hours VALUES (1, 36000000000, NULL, 1, NULL, NULL, 0, 0, 3, 0, 0, 0);
INSERT INTO hours VALUES (1, 36003600000, 'verified', 0, 'two reads of the archive agree', 36025200000, 36022500000, 0, 3, 1, 7, 0);
INSERT INTO hours VALUES (1, 36007200000, 'suspect', 0, 'reset', 36012600000, 0, 0, 2, 0, 0, 0);
INSERT INTO hours VALUES (1, 36010800000, NULL, 1, NULL, NULL, 0, 0, 2, 0, 0, 1);
INSERT INTO hours VALUES (2, 35996400000, 'lost', 0, 'TAP keeps seven days', 36028800000, 0, 0, 0, 0, 0, 0);
INSERT INTO hours VALUES (2, 36028800000, NULL, 1, NULL, NULL, 0, 0, 1, 0, 0, 0);
INSERT INTO hour_changes VALUES (1, 36003600000, 36012600000, 'suspect', 'reset');
INSERT INTO hour_changes VALUES (1, 36007200000, 36012600000, 'suspect', 'reset');
INSERT INTO hour_changes VALUES (1, 36003600000, 36021600000, 'suspect', '1 of 2 complete reads of the archive that must agree');
INSERT INTO hour_changes VALUES (1, 36003600000, 36025200000, 'verified', 'two reads of the archive agree');
INSERT INTO hour_changes VALUES (2, 35996400000, 36028800000, 'lost', 'TAP keeps seven days');
INSERT INTO lateness VALUES (1, 416, 7200000);
INSERT INTO reads VALUES (1, 1, 36003600000, 36021600000, 36021600000, 'complete');
INSERT INTO reads VALUES (2, 1, 36003600000, 36025200000, 36025200000, 'complete');
INSERT INTO read_uids VALUES (1, X'e732246d9850163d24e2f1e3060851c7e27a52b5fbd049fab908eca3e0b4841d127d46e7d9dd36c8');
INSERT INTO read_uids VALUES (2, X'f1e3060851c7e27a52b5fbd049fab908eca3e0b4e732246d9850163d24e2841d127d46e7d9dd36c8');
INSERT INTO delivered VALUES (1, 36000000000, 36000000000, X'4a87d42a283218bf6d1d5d0a98defe16fd709d1c');
INSERT INTO delivered VALUES (1, 35992800000, 36000000000, X'6d40f927f37096c1bde9');
INSERT INTO delivered VALUES (1, 36003600000, 36003600000, X'f1e3060851c7e27a52b5fbd049fab908eca3e0b4');
INSERT INTO delivered VALUES (1, 35996400000, 36003600000, X'57afe45a1d6aee31abc4');
INSERT INTO delivered VALUES (1, 36007200000, 36007200000, X'd6b80cc9cdece34e0aa9b1b823e5fa40cce71976');
INSERT INTO delivered VALUES (1, 36000000000, 36007200000, X'f519d3bad0980e8b7e23');
INSERT INTO delivered VALUES (1, 36003600000, 36010800000, X'841d127d46e7d9dd36c8');
INSERT INTO delivered VALUES (1, 36010800000, 36010800000, X'57d11fffbe14cd53df3b9a8a8c4d54c41079f15019f328ca20dc8034f6ec');
INSERT INTO delivered VALUES (1, 36003600000, 36021600000, X'e732246d9850163d24e2');
INSERT INTO delivered VALUES (2, 36028800000, 36028800000, X'0030486445b352b115e0');
INSERT INTO requests VALUES (2, 600480, 2);
INSERT INTO dead_letters VALUES (1, 1, '0011H89AP037SJHJH0VJ039XQC', 'pod.message', 'refused', 36012600000, 36012600000, 32, 'bad record', '36012600000:bad record');
INSERT INTO dead_letter_totals VALUES ('refused', 1, 32);
CREATE INDEX hour_changes_by_hour ON hour_changes (stream, hour);
CREATE INDEX reads_by_hour ON reads (stream, hour);
CREATE INDEX read_uids_by_read ON read_uids (read);
CREATE INDEX delivered_by_hour ON delivered (stream, hour, committed);
CREATE INDEX dead_letters_by_value ON dead_letters (cause = 'refused', id);
CREATE TRIGGER hour_entered AFTER INSERT ON hours WHEN new.state IS NOT NULL BEGIN
    INSERT INTO hour_changes VALUES (new.stream, new.hour, new.changed_at, new.state, new.reason);
  END;
CREATE TRIGGER hour_changed AFTER UPDATE OF state, reason ON hours
    WHEN new.state IS NOT old.state OR new.reason IS NOT old.reason BEGIN
    INSERT INTO hour_changes VALUES (new.stream, new.hour, new.changed_at, new.state, new.reason);
  END;
CREATE TRIGGER dead_letter_stored AFTER INSERT ON dead_letters BEGIN
    INSERT INTO dead_letter_totals VALUES (new.cause, 1, new.bytes)
      ON CONFLICT (cause) DO UPDATE SET letters = letters + 1, bytes = bytes + new.bytes;
  END;
CREATE TRIGGER dead_letter_removed AFTER DELETE ON dead_letters BEGIN
    UPDATE dead_letter_totals SET letters = letters - 1, bytes = bytes - old.bytes WHERE cause = old.cause;
  END;
CREATE TRIGGER dead_letter_judged_again AFTER UPDATE ON dead_letters BEGIN
    UPDATE dead_letter_totals SET letters = letters - 1, bytes = bytes - old.bytes WHERE cause = old.cause;
    INSERT INTO dead_letter_totals VALUES (new.cause, 1, new.bytes)
      ON CONFLICT (cause) DO UPDATE SET letters = letters + 1, bytes = bytes + new.bytes;
  END;
PRAGMA application_id = 1347448692;
PRAGMA user_version = 1;
