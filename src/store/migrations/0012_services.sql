-- Enrolments for courses that were asked for here or that the hub told of.
CREATE TABLE enrolments (
    id      TEXT PRIMARY KEY,
    worker  TEXT NOT NULL REFERENCES workers (id),
    -- JSON of core's Enrolment: names nobody.
    body    TEXT NOT NULL CHECK (json_valid(body)),
    made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX enrolments_by_worker ON enrolments (worker, made_at);
