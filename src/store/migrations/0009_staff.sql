-- What staff do at the terminal, without the hub: it neither tells of this nor takes it away.

-- Emergency notices that were put up here.
CREATE TABLE own_notices (
    id   TEXT PRIMARY KEY,
    -- JSON of core's Notice.
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;

-- What staff said about each wall.
CREATE TABLE wall_orders (
    wall TEXT PRIMARY KEY,
    -- JSON of core's Orders.
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;

-- Who did what. Staff are known by their numbers, workers by their ids.
CREATE TABLE staff_log (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    -- The staff number; empty before it is said.
    staff   TEXT NOT NULL,
    what    TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX staff_log_by_time ON staff_log (at);
