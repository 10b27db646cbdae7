-- What the hub did with places of this hall's jobs, closed so that only the hub can read it: kept for a hub
-- that is put back from an older copy.
CREATE TABLE witnessed (
    id     INTEGER PRIMARY KEY,
    -- One row a claim. What it is called by here says nothing of it.
    about  TEXT NOT NULL UNIQUE,
    until  INTEGER NOT NULL,
    closed BLOB NOT NULL
) STRICT;
