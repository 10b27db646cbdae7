-- Pictures of walls that staff asked for (core's `picture`). Kept for a day, a few for each device.
CREATE TABLE picture_request (
    id       TEXT PRIMARY KEY,
    device   TEXT NOT NULL REFERENCES device (id),
    asked_at INTEGER NOT NULL,
    -- When the device was last told of it.
    told_at  INTEGER
) STRICT;
CREATE INDEX picture_request_by_device ON picture_request (device, asked_at);

CREATE TABLE picture (
    request  TEXT NOT NULL REFERENCES picture_request (id) ON DELETE CASCADE,
    wall     TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    png      BLOB NOT NULL,
    PRIMARY KEY (request, wall)
) STRICT;
