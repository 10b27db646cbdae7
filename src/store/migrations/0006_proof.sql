-- Proof of play: what the walls showed (core's `proof`). Nothing personal is in it.
CREATE TABLE proof (
    -- Grows with the clock, so that an older copy of the store does not use a number again.
    seq    INTEGER PRIMARY KEY,
    -- Who wrote it: empty and 0 before the first enrolment.
    device TEXT NOT NULL,
    epoch  INTEGER NOT NULL CHECK (epoch >= 0),
    at     INTEGER NOT NULL,
    -- How many showings it stands for that could not be kept; 0 for one that is itself.
    lost   INTEGER NOT NULL CHECK (lost >= 0),
    sent   INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1)),
    -- JSON of core's Showing.
    body   TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX proof_waiting ON proof (seq) WHERE sent = 0;
CREATE INDEX proof_gaps ON proof (lost) WHERE lost > 0;
-- Also the shortest way to count the rows.
CREATE INDEX proof_by_time ON proof (at);
