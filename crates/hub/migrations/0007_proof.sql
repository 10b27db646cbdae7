-- What walls showed (core's `proof`). Kept for as long as `serve --proof-days` says. The texts are
-- kept once for all the times that they were shown.
CREATE TABLE proof_what (
    id      INTEGER PRIMARY KEY,
    wall    TEXT NOT NULL,
    scene   TEXT NOT NULL,
    -- Empty and 0 where there is none.
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    number  INTEGER NOT NULL,
    title   TEXT NOT NULL,
    -- The newest showing of it.
    seen_at INTEGER NOT NULL,
    UNIQUE (subject, title, scene, wall, kind, number)
) STRICT;

CREATE TABLE proof (
    enrolment INTEGER NOT NULL REFERENCES enrolment (prefix),
    seq       INTEGER NOT NULL CHECK (seq >= 0),
    -- In proof_what. No foreign key: it would look through all of this table at each tidying.
    what      INTEGER NOT NULL,
    -- 0 where there is none.
    page      INTEGER NOT NULL CHECK (page >= 0),
    at        INTEGER NOT NULL,
    ms        INTEGER NOT NULL CHECK (ms >= 0),
    again     INTEGER NOT NULL CHECK (again IN (0, 1)),
    lost      INTEGER NOT NULL CHECK (lost >= 0),
    PRIMARY KEY (enrolment, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX proof_by_time ON proof (at);

-- When each job was open, for the report on those that were not shown: a job's row says only how
-- it is now. Triggers, so that nothing that changes a job's state can forget it.
CREATE TABLE job_open (
    job   TEXT NOT NULL REFERENCES job (id),
    since INTEGER NOT NULL,
    -- NULL while it is open.
    until INTEGER,
    PRIMARY KEY (job, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_open_until ON job_open (until);

INSERT INTO job_open (job, since)
    SELECT id, CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000 FROM job
    WHERE state = 'published';

CREATE TRIGGER job_comes_open AFTER INSERT ON job WHEN NEW.state = 'published'
BEGIN
    INSERT OR IGNORE INTO job_open (job, since)
    VALUES (NEW.id, CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000);
END;

CREATE TRIGGER job_opens AFTER UPDATE OF state ON job
WHEN NEW.state = 'published' AND OLD.state <> 'published'
BEGIN
    INSERT OR IGNORE INTO job_open (job, since)
    VALUES (NEW.id, CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000);
END;

CREATE TRIGGER job_closes AFTER UPDATE OF state ON job
WHEN NEW.state <> 'published' AND OLD.state = 'published'
BEGIN
    UPDATE job_open SET until = CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000
    WHERE job = NEW.id AND until IS NULL;
END;
