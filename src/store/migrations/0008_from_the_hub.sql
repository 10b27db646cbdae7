-- Playlists that the hub gave to walls of this hall (core's HubPlaylist), by name.
CREATE TABLE playlists (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- Files that the hub keeps for walls (core's MediaFile), by name.
CREATE TABLE media (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- When a playlist that was on last named a file that is here.
CREATE TABLE media_used (
    sha256 TEXT PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT;

-- An older version skipped them: as in 0004, the hall's feed begins with a snapshot again.
UPDATE claims SET reflected_at = 0
WHERE reflected_at <= (SELECT max(seq) FROM cursors WHERE scope LIKE 'hall/%');
DELETE FROM cursors WHERE scope LIKE 'hall/%';
