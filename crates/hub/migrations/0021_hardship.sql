-- 就业困难台账: those who find it hard to get work. Kept at the hub only.
CREATE TABLE hardship (
    id       INTEGER PRIMARY KEY,
    worker   TEXT NOT NULL REFERENCES worker (id),
    -- Encrypted: the code of the kind, and why staff set and ended it.
    kind     BLOB NOT NULL,
    why      BLOB NOT NULL,
    set_at   INTEGER NOT NULL,
    set_by   TEXT NOT NULL,
    ended_at INTEGER,
    ended_by TEXT CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    end_why  BLOB CHECK ((end_why IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE INDEX hardship_by_worker ON hardship (worker);
CREATE INDEX hardship_open ON hardship (worker) WHERE ended_at IS NULL;
