CREATE TABLE events (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- An older version skipped events too: as in 0004, the hall's feed begins with a snapshot again.
UPDATE claims SET reflected_at = 0
WHERE reflected_at <= (SELECT max(seq) FROM cursors WHERE scope LIKE 'hall/%');
DELETE FROM cursors WHERE scope LIKE 'hall/%';
