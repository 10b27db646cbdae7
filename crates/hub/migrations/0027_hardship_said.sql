-- What people said at terminals makes it hard for them to find work. It counts for nothing before staff
-- have verified it.
CREATE TABLE hardship_said (
    id              INTEGER PRIMARY KEY,
    worker          TEXT NOT NULL REFERENCES worker (id),
    hall            TEXT NOT NULL REFERENCES hall (id),
    -- Encrypted: the code of the kind. NULL where the person took back what they had said.
    kind            BLOB,
    said_at         INTEGER NOT NULL,
    -- What the person agreed to, apart from all else.
    consent_version INTEGER CHECK ((consent_version IS NULL) = (kind IS NULL)),
    consent_at      INTEGER CHECK ((consent_at IS NULL) = (kind IS NULL)),
    channel         TEXT NOT NULL,
    helped_by       TEXT,
    arrived_at      INTEGER NOT NULL,
    -- By staff: 1 verified, 0 dismissed. Why is encrypted.
    verified        INTEGER,
    decided_at      INTEGER CHECK ((decided_at IS NULL) = (verified IS NULL)),
    decided_by      TEXT CHECK ((decided_by IS NULL) = (verified IS NULL)),
    why             BLOB CHECK ((why IS NULL) = (verified IS NULL)),
    -- The line of the ledger that rests on it.
    ledger          INTEGER REFERENCES hardship (id)
) STRICT;
CREATE INDEX hardship_said_by_worker ON hardship_said (worker);
CREATE INDEX hardship_said_open ON hardship_said (said_at) WHERE verified IS NULL;
-- What the person agreed to when they said what they wish of work.
ALTER TABLE worker ADD COLUMN wishes_consent_version INTEGER;
ALTER TABLE worker ADD COLUMN wishes_consent_at INTEGER;
