-- A device that was stolen or given away: none of its tokens is taken any more, nor what it signed.
ALTER TABLE enrolment ADD COLUMN revoked_at INTEGER;

-- Which worker claimed with which scanned code: once each. Forgotten when no permit of it can live.
CREATE TABLE permit_use (
    code    BLOB NOT NULL CHECK (length(code) = 32),
    worker  TEXT NOT NULL,
    claim   TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (code, worker)
) STRICT, WITHOUT ROWID;
CREATE INDEX permit_use_by_time ON permit_use (used_at);

-- Who saw or changed what of a person. Holds ids and no personal data, so that it outlives the person's.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    -- Who: an account of this machine, a device by its id, or a phone that was signed in.
    actor   TEXT NOT NULL,
    act     TEXT NOT NULL,
    worker  TEXT,
    hall    TEXT
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_worker ON audit (worker) WHERE worker IS NOT NULL;
