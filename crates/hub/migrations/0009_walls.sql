-- Playlists of the hub: JSON of core's HubPlaylist.
CREATE TABLE playlist (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

-- Pictures and films for walls: what is in them lies in the folder media/, under its SHA-256.
CREATE TABLE media (
    name   TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    -- JSON of core's MediaFile.
    body   TEXT NOT NULL
) STRICT;
CREATE INDEX media_by_hash ON media (sha256);

-- Claims of a day are counted with each answer to a device.
CREATE INDEX claim_by_time ON claim (made_at);
