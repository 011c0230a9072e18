/**
 * Room and orders of the dead letters. `evicted_dead_letters` counts for good what had to make room. An order speaks of the
 * letters in `letters` (a JSON array of ids; NULL: all), none newer than `up_to`; `result` is NULL until it is executed.
 */
export const deadLetterRoomAndOrders = `
  CREATE INDEX dead_letters_by_value ON dead_letters (cause = 'refused', id);

  CREATE TRIGGER dead_letter_judged_again AFTER UPDATE ON dead_letters BEGIN
    UPDATE dead_letter_totals SET letters = letters - 1, bytes = bytes - old.bytes WHERE cause = old.cause;
    INSERT INTO dead_letter_totals VALUES (new.cause, 1, new.bytes)
      ON CONFLICT (cause) DO UPDATE SET letters = letters + 1, bytes = bytes + new.bytes;
  END;

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
`
