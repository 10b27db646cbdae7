-- Two members of staff have seen that this enrolment is lost for good.
ALTER TABLE enrolment ADD COLUMN written_off_at INTEGER;

-- The first of the two has said so.
CREATE TABLE write_off (
    device   TEXT PRIMARY KEY REFERENCES device (id),
    -- The account that must not be the second one's as well.
    account  TEXT NOT NULL,
    -- As in the audit.
    actor    TEXT NOT NULL,
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was done something with, where it was not a person: a device, a copy.
ALTER TABLE audit ADD COLUMN about TEXT;
