-- A change is longer than a row of a WITHOUT ROWID table can be without an overflow page of its own: each
-- took 4 KiB.
CREATE TABLE feed_rows (
    scope TEXT NOT NULL,
    seq   INTEGER NOT NULL CHECK (seq >= 1),
    body  TEXT NOT NULL,
    PRIMARY KEY (scope, seq)
) STRICT;

INSERT INTO feed_rows SELECT scope, seq, body FROM feed ORDER BY scope, seq;
DROP TABLE feed;
ALTER TABLE feed_rows RENAME TO feed;
