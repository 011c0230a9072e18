/** Since version 2 requests are counted by what they were made for; those of version 1 were all made to poll. */
export const requestsByPurpose = `
  CREATE TABLE requests_by_purpose (
    stream INTEGER NOT NULL REFERENCES streams,
    minute INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('live', 'repair', 'backfill')),
    requests INTEGER NOT NULL,
    PRIMARY KEY (stream, minute, purpose)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO requests_by_purpose SELECT stream, minute, 'live', requests FROM requests;
  DROP TABLE requests;
  ALTER TABLE requests_by_purpose RENAME TO requests;
`
