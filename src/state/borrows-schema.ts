/**
 * Readings of the archive with the live token, from the clean close of the live session (`began_at`) to the opening of the
 * next (`ended_at`). `tested` is 0 where borrowing was trusted, so that nothing became suspect. `since`: what was created from then on can only be missing because of the borrow, or of a fault, which
 * sets `blurred`. `missed` events were delivered by the archive's reads, not live; `held` ones the last read that told of
 * the time of the borrow (`held_in`) had, and live delivery too.
 */
export const borrowing = `
  CREATE TABLE borrows (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams,
    since INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    tested INTEGER NOT NULL,
    blurred INTEGER NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    held_in INTEGER
  ) STRICT;
  CREATE INDEX borrows_by_stream ON borrows (stream, began_at);
  CREATE TRIGGER borrow_ended AFTER UPDATE OF opened_at ON streams WHEN new.opened_at IS NOT NULL BEGIN
    UPDATE borrows SET ended_at = new.opened_at WHERE stream = new.id AND ended_at IS NULL;
  END;
  CREATE TABLE borrow_trust (
    stream INTEGER PRIMARY KEY REFERENCES streams,
    trust TEXT NOT NULL CHECK (trust IN ('trusted', 'withdrawn')),
    changed_at INTEGER NOT NULL
  ) STRICT;
`
