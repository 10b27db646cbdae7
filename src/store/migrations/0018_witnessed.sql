-- What the hub did with places of this hall's jobs, closed so that only the hub can read it: kept for a hub
-- that is put back from an older copy.
CREATE TABLE witnessed (
    id     INTEGER PRIMARY KEY,
    until  INTEGER NOT NULL,
    closed BLOB NOT NULL UNIQUE
) STRICT;
