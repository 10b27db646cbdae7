-- Records that were never sent and that another device wrote: this kiosk's former self, before it
-- moved to another hub or lost its identity. They are no log of the present device and are not sent
-- as its own; they come back into the outbox if that device is enrolled here again.
CREATE TABLE outbox_left (
    device TEXT NOT NULL,
    epoch  INTEGER NOT NULL CHECK (epoch >= 1),
    seq    INTEGER NOT NULL CHECK (seq >= 1),
    prev   TEXT NOT NULL CHECK (length(prev) = 64),
    hash   TEXT NOT NULL CHECK (length(hash) = 64),
    body   BLOB NOT NULL,
    at     INTEGER NOT NULL,
    claim  TEXT,
    PRIMARY KEY (device, epoch, seq)
) STRICT;
