-- Who is enrolled for which course. A course that is over is taken down; what it was stays here.
CREATE TABLE enrolment_for (
    id           TEXT PRIMARY KEY,
    course       TEXT NOT NULL,
    worker       TEXT NOT NULL REFERENCES worker (id),
    -- The worker's id as the device that asked knows it.
    worker_there TEXT NOT NULL,
    device       TEXT REFERENCES device (id),
    channel      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('confirmed', 'rejected', 'withdrawn', 'cancelled')),
    reason       TEXT,
    title        TEXT NOT NULL,
    place        TEXT NOT NULL,
    starts_at    INTEGER NOT NULL,
    made_at      INTEGER NOT NULL,
    arrived_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX enrolment_for_course ON enrolment_for (course, state);
CREATE INDEX enrolment_for_worker ON enrolment_for (worker);
CREATE INDEX enrolment_for_device ON enrolment_for (device) WHERE device IS NOT NULL;

-- What people would like to learn: each counts once a kind and hall.
CREATE TABLE training_wish (
    worker TEXT NOT NULL REFERENCES worker (id),
    hall   TEXT NOT NULL REFERENCES hall (id),
    kind   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (worker, hall, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX training_wish_by_hall ON training_wish (hall, kind);

-- Applications to be registered as unemployed, which staff finish.
CREATE TABLE application (
    id              TEXT PRIMARY KEY,
    number          TEXT NOT NULL,
    hall            TEXT NOT NULL REFERENCES hall (id),
    worker          TEXT NOT NULL REFERENCES worker (id),
    -- JSON of core's Answers, encrypted; NULL where what came cannot be read.
    answers         BLOB,
    consent_version INTEGER NOT NULL,
    consent_at      INTEGER NOT NULL,
    channel         TEXT NOT NULL,
    made_at         INTEGER NOT NULL,
    arrived_at      INTEGER NOT NULL,
    finished_at     INTEGER,
    finished_by     TEXT,
    -- Encrypted.
    note            BLOB
) STRICT;
CREATE INDEX application_by_hall ON application (hall, finished_at);
CREATE INDEX application_by_worker ON application (worker);
CREATE INDEX application_by_number ON application (number);
