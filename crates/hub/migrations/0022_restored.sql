-- When and why the hub's epoch was raised last: it was put back from a copy, or found to be one.
ALTER TABLE meta ADD COLUMN raised_at INTEGER;
ALTER TABLE meta ADD COLUMN raised_why TEXT;
-- Set in copies only: when the copy was made.
ALTER TABLE meta ADD COLUMN copied_at INTEGER;
-- Renewed here and in a file beside the store, so that an older copy of the store is noticed; and the
-- one before it, which the file may still hold after a power cut.
ALTER TABLE meta ADD COLUMN mark TEXT;
ALTER TABLE meta ADD COLUMN mark_before TEXT;

-- Enrolments that have not reported since the epoch was raised what they hold and did.
CREATE TABLE unreported (
    device TEXT NOT NULL,
    epoch  INTEGER NOT NULL,
    PRIMARY KEY (device, epoch),
    FOREIGN KEY (device, epoch) REFERENCES enrolment (device, epoch)
) STRICT, WITHOUT ROWID;

-- Places of this job may be promised where the hub does not know of it: none is given.
ALTER TABLE job ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
CREATE INDEX job_held ON job (hall) WHERE held = 1;
