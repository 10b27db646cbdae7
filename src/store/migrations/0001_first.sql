-- What one kiosk keeps. Times are milliseconds since 1970 (UTC). Columns that hold personal data
-- are encrypted by the program; their type is BLOB.

-- Listings as the hub sent them; `body` is the JSON of core's Job, the rest is taken out of it
-- for queries.
CREATE TABLE jobs (
    -- Also the row in jobs_fts.
    row         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    body        TEXT NOT NULL CHECK (json_valid(body)),
    number      INTEGER NOT NULL,
    state       TEXT NOT NULL,
    work_kind   TEXT NOT NULL,
    town        TEXT NOT NULL,
    settlement  TEXT NOT NULL,
    fen_a_day   INTEGER CHECK (fen_a_day >= 0),
    urgent      INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    starts_at   INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    places      INTEGER NOT NULL CHECK (places >= 0),
    places_left INTEGER NOT NULL CHECK (places_left >= 0)
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, valid_until);

-- Search words of open and other listings. The text is written by src/store/search.rs as plain
-- ASCII tokens, so the tokenizer's tables of Unicode do not matter.
CREATE VIRTUAL TABLE jobs_fts USING fts5 (
    words, initials, pinyin,
    tokenize = 'ascii'
);

CREATE TABLE notices (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- How far each scope of the feed was read, in the same transaction as its rows.
CREATE TABLE cursors (
    scope TEXT PRIMARY KEY,
    seq   INTEGER NOT NULL CHECK (seq >= 0)
) STRICT;

-- Rights to places under the present epoch: g granted, r given back, c confirmed (never falls).
CREATE TABLE accounts (
    job         TEXT PRIMARY KEY,
    g           INTEGER NOT NULL CHECK (g >= 0),
    r           INTEGER NOT NULL CHECK (r >= 0),
    c           INTEGER NOT NULL CHECK (c >= 0),
    -- r as the hub was last told.
    reported    INTEGER NOT NULL DEFAULT 0 CHECK (reported <= r),
    -- When the hub last asked for rights back.
    recalled_at INTEGER,
    CHECK (g >= r + c)
) STRICT;
CREATE TRIGGER accounts_never_fall BEFORE UPDATE ON accounts
WHEN NEW.g < OLD.g OR NEW.r < OLD.r OR NEW.c < OLD.c
BEGIN
    SELECT RAISE(ABORT, 'a counter of rights would fall');
END;

CREATE TABLE workers (
    id            TEXT PRIMARY KEY,
    -- Keyed hash of the identity number.
    lookup        BLOB NOT NULL UNIQUE CHECK (length(lookup) = 32),
    -- JSON of core's KnownWorker, encrypted.
    details       BLOB NOT NULL,
    -- The identity number sealed to the hub, encrypted once more.
    id_sealed     BLOB NOT NULL,
    registered_at INTEGER NOT NULL
) STRICT;

CREATE TABLE claims (
    id       TEXT PRIMARY KEY,
    number   TEXT NOT NULL,
    job      TEXT NOT NULL,
    -- The listing as it was when the claim was made, for when it is gone.
    job_body TEXT NOT NULL CHECK (json_valid(job_body)),
    worker   TEXT NOT NULL REFERENCES workers (id),
    device   TEXT,
    channel  TEXT NOT NULL,
    -- right: confirmed with a right of this device; direct: at the hub by this device;
    -- provisional: rule 13; elsewhere: the hub told of it.
    origin   TEXT NOT NULL CHECK (origin IN ('right', 'direct', 'provisional', 'elsewhere')),
    state    TEXT NOT NULL,
    reason   TEXT,
    made_at  INTEGER NOT NULL,
    -- Whether it holds a place, from core's ClaimState.
    holds    INTEGER NOT NULL CHECK (holds IN (0, 1)),
    -- The hall's feed counts the claim in places_left from this sequence number on; NULL while
    -- the hub has not said.
    reflected_at INTEGER
) STRICT;
CREATE INDEX claims_by_job ON claims (job, holds);
CREATE INDEX claims_by_worker ON claims (worker, made_at);

-- The device's own log. Epoch 0 is the log of an enrolment that is still to come: it gets its
-- number when the hub has answered.
CREATE TABLE outbox (
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    seq   INTEGER NOT NULL CHECK (seq >= 1),
    prev  TEXT NOT NULL CHECK (length(prev) = 64),
    hash  TEXT NOT NULL CHECK (length(hash) = 64),
    -- Encrypted: a registration's record has a name and a phone number in it.
    body  BLOB NOT NULL,
    at    INTEGER NOT NULL,
    acked INTEGER NOT NULL DEFAULT 0 CHECK (acked IN (0, 1)),
    -- The claim that the record is about, if it is about one.
    claim TEXT,
    PRIMARY KEY (epoch, seq)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (epoch, seq) WHERE acked = 0;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What staff should know and do something about.
CREATE TABLE staff_notices (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    code   TEXT NOT NULL UNIQUE,
    detail TEXT NOT NULL
) STRICT;

-- Listings with the places that are left here and now: the feed's number less the live claims
-- that this device took and that the feed does not count yet.
CREATE VIEW jobs_now AS
SELECT jobs.*,
       max(0, jobs.places_left - (
           SELECT count(*) FROM claims
           WHERE claims.job = jobs.id AND claims.holds = 1
             AND claims.origin IN ('right', 'direct')
             AND (claims.reflected_at IS NULL OR claims.reflected_at >
                  (SELECT coalesce(max(seq), 0) FROM cursors WHERE scope LIKE 'hall/%'))
       )) AS left_now
FROM jobs;
