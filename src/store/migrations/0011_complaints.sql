-- How the complaints that were handed in here, or that the hub told of, stand.
CREATE TABLE complaints (
    id      TEXT PRIMARY KEY,
    -- NULL where somebody gave no name.
    worker  TEXT REFERENCES workers (id),
    -- JSON of core's ComplaintNews, encrypted: staff may have written anything.
    body    BLOB NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX complaints_by_worker ON complaints (worker, made_at);

-- Claims whose work was rated here. What was said is the hub's.
CREATE TABLE rated (
    claim TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
