-- The worker's pass. Of its secret only the hash is kept.
CREATE TABLE worker_pass (
    worker TEXT PRIMARY KEY REFERENCES worker (id),
    -- NULL where it was revoked and no new one was made.
    hash   BLOB UNIQUE CHECK (length(hash) = 32),
    since  INTEGER NOT NULL,
    -- The hall where it was made, whose devices know it.
    hall   TEXT NOT NULL
) STRICT;
CREATE INDEX worker_pass_by_hall ON worker_pass (hall);
