-- Complaints, which staff take up and close.
CREATE TABLE complaint (
    id              TEXT PRIMARY KEY,
    number          TEXT NOT NULL,
    hall            TEXT NOT NULL REFERENCES hall (id),
    device          TEXT NOT NULL REFERENCES device (id),
    -- NULL where somebody gave no name.
    worker          TEXT REFERENCES worker (id),
    -- The worker's id as the device knows it.
    worker_there    TEXT,
    kind            TEXT NOT NULL,
    job             TEXT,
    claim           TEXT,
    -- JSON of core's Told, encrypted; NULL where what came cannot be read.
    told            BLOB,
    consent_version INTEGER NOT NULL,
    consent_at      INTEGER NOT NULL,
    channel         TEXT NOT NULL,
    made_at         INTEGER NOT NULL,
    arrived_at      INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('received', 'taken_up', 'closed')),
    -- What staff say to the person; encrypted.
    word            BLOB,
    changed_at      INTEGER,
    changed_by      TEXT
) STRICT;
CREATE INDEX complaint_by_hall ON complaint (hall, state);
CREATE INDEX complaint_by_worker ON complaint (worker) WHERE worker IS NOT NULL;
CREATE INDEX complaint_by_device ON complaint (device);
CREATE INDEX complaint_by_number ON complaint (number);

-- How workers found the work that they were paid for: what came first counts.
CREATE TABLE rating (
    claim  TEXT PRIMARY KEY,
    rating TEXT NOT NULL CHECK (rating IN ('good', 'fair', 'bad')),
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
