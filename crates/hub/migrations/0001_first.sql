-- Times are microseconds since 1970, ids are UUIDs as text, listings are JSON of the core types.

CREATE TABLE meta (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    hub_epoch   INTEGER NOT NULL CHECK (hub_epoch >= 1),
    -- The last number given to a claim made at the hub itself ("00-0001").
    last_direct INTEGER NOT NULL CHECK (last_direct >= 0)
) STRICT;
INSERT INTO meta (id, hub_epoch, last_direct) VALUES (1, 1, 0);

CREATE TABLE hall (
    id          TEXT PRIMARY KEY,
    body        TEXT NOT NULL,
    -- The last job number that was given; the next job gets one after it.
    last_number INTEGER NOT NULL DEFAULT 100 CHECK (last_number >= 100)
) STRICT;

CREATE TABLE notice (
    id   TEXT PRIMARY KEY,
    hall TEXT NOT NULL REFERENCES hall (id),
    body TEXT NOT NULL
) STRICT;
CREATE INDEX notice_by_hall ON notice (hall);

CREATE TABLE employer (
    id   TEXT PRIMARY KEY,
    hall TEXT NOT NULL REFERENCES hall (id),
    name TEXT NOT NULL,
    uscc TEXT,
    UNIQUE (hall, name)
) STRICT;
CREATE UNIQUE INDEX employer_by_uscc ON employer (hall, uscc) WHERE uscc IS NOT NULL;

CREATE TABLE job (
    id          TEXT PRIMARY KEY,
    hall        TEXT NOT NULL REFERENCES hall (id),
    source_key  TEXT NOT NULL,
    number      INTEGER NOT NULL CHECK (number > 0),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'pending_review', 'published', 'full',
                    'closed', 'suspended', 'expired', 'cancelled')),
    review      TEXT,
    uscc        TEXT,
    -- N, N' and D of the ledger; the accounts of holders are in rights_account.
    places      INTEGER NOT NULL CHECK (places >= 0),
    target      INTEGER NOT NULL CHECK (target >= 0 AND target <= places),
    direct_live INTEGER NOT NULL CHECK (direct_live >= 0 AND direct_live <= places),
    starts_at   INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    urgent      INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    version     INTEGER NOT NULL CHECK (version >= 0),
    -- The listing; what the columns above say overrides it.
    body        TEXT NOT NULL,
    UNIQUE (hall, source_key)
) STRICT;
CREATE UNIQUE INDEX job_number ON job (hall, number)
    WHERE state IN ('draft', 'pending_review', 'published', 'full', 'suspended');
CREATE INDEX job_by_state ON job (hall, state);
CREATE INDEX job_to_expire ON job (valid_until) WHERE state IN ('published', 'full');

CREATE TABLE device (
    id           TEXT PRIMARY KEY,
    hall         TEXT NOT NULL REFERENCES hall (id),
    name         TEXT NOT NULL,
    -- Of its newest enrolment; 0 before the first.
    epoch        INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    code_hash    BLOB UNIQUE,
    code_made_at INTEGER,
    seen_at      INTEGER,
    health       TEXT,
    UNIQUE (hall, name)
) STRICT;

CREATE TABLE enrolment (
    -- Also the part before the dash in the numbers of claims that it confirms.
    prefix      INTEGER PRIMARY KEY AUTOINCREMENT,
    device      TEXT NOT NULL REFERENCES device (id),
    epoch       INTEGER NOT NULL CHECK (epoch >= 1),
    token_hash  BLOB NOT NULL UNIQUE,
    public_key  TEXT NOT NULL,
    version     TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    -- When its token was first used for something that only the present one may do.
    used_at     INTEGER,
    quarantined INTEGER NOT NULL DEFAULT 0 CHECK (quarantined IN (0, 1)),
    -- The head of its log.
    log_seq     INTEGER NOT NULL DEFAULT 0 CHECK (log_seq >= 0),
    log_hash    BLOB NOT NULL,
    UNIQUE (device, epoch)
) STRICT;

CREATE TABLE rights_account (
    job         TEXT NOT NULL REFERENCES job (id),
    device      TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    granted     INTEGER NOT NULL CHECK (granted >= 0),
    returned    INTEGER NOT NULL CHECK (returned >= 0 AND returned <= granted),
    claimed     INTEGER NOT NULL CHECK (claimed >= 0),
    cancelled   INTEGER NOT NULL CHECK (cancelled >= 0 AND cancelled <= claimed),
    -- When the device was last asked to give rights back.
    recalled_at INTEGER,
    PRIMARY KEY (job, device, epoch),
    FOREIGN KEY (device, epoch) REFERENCES enrolment (device, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_record (
    device      TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    -- The text as it came, encrypted: registrations hold names.
    body        BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    -- What staff or a newer program should look at; NULL where everything is in order.
    flag        TEXT,
    PRIMARY KEY (device, epoch, seq),
    FOREIGN KEY (device, epoch) REFERENCES enrolment (device, epoch)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_flagged ON outbox_record (flag) WHERE flag IS NOT NULL;

CREATE TABLE worker (
    id              TEXT PRIMARY KEY,
    -- Encrypted columns; NULL where only a claim is known and the registration is unreadable.
    number          BLOB,
    number_hash     BLOB UNIQUE,
    name            BLOB,
    phone           BLOB,
    work_kinds      TEXT NOT NULL DEFAULT '[]',
    consent_version INTEGER,
    consent_at      INTEGER,
    channel         TEXT
) STRICT;

-- Ids under which devices know a worker who was registered before.
CREATE TABLE worker_alias (
    alias  TEXT PRIMARY KEY,
    worker TEXT NOT NULL REFERENCES worker (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
    id           TEXT PRIMARY KEY,
    number       TEXT NOT NULL,
    job          TEXT NOT NULL REFERENCES job (id),
    worker       TEXT NOT NULL REFERENCES worker (id),
    -- The worker's id as the device that took the claim knows it.
    worker_there TEXT NOT NULL,
    device       TEXT REFERENCES device (id),
    -- The epoch of the right that backs it; NULL for claims made at the hub.
    right_epoch  INTEGER CHECK (right_epoch IS NULL OR device IS NOT NULL),
    channel      TEXT NOT NULL CHECK (channel IN ('terminal', 'phone', 'staff')),
    state        TEXT NOT NULL CHECK (state IN ('provisional', 'claimed', 'confirmed', 'checked_in',
                     'completed', 'settled', 'withdrawn', 'rejected', 'employer_cancelled',
                     'no_show')),
    reason       TEXT,
    made_at      INTEGER NOT NULL,
    arrived_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX claim_by_worker ON claim (worker);
CREATE INDEX claim_by_job ON claim (job);
CREATE INDEX claim_by_device ON claim (device, made_at) WHERE device IS NOT NULL;
CREATE INDEX claim_by_number ON claim (number);

-- Withdrawals that arrived before the claim they are of.
CREATE TABLE early_withdrawal (
    claim TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    secret_hash BLOB PRIMARY KEY,
    worker      TEXT NOT NULL REFERENCES worker (id),
    opened_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The head row of a scope is raised last in the transaction that writes a change.
CREATE TABLE feed_head (
    scope TEXT PRIMARY KEY,
    head  INTEGER NOT NULL CHECK (head >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
    scope TEXT NOT NULL,
    seq   INTEGER NOT NULL CHECK (seq >= 1),
    body  TEXT NOT NULL,
    PRIMARY KEY (scope, seq)
) STRICT, WITHOUT ROWID;
