/**
 * What was asked for by hand. `hours.asked` is 1 from then until the hour is verified or lost; `only_asked` while it is
 * suspect for no other reason. An order is what a process beside the running worker asks for; `result` is NULL until the
 * worker has taken it.
 */
export const backfills = `
  ALTER TABLE hours ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE hours ADD COLUMN only_asked INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE backfill_orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    from_hour INTEGER NOT NULL,
    to_hour INTEGER NOT NULL,
    result TEXT
  ) STRICT;
`
