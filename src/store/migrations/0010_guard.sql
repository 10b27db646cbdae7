-- Wrong tries: of the staff PIN, of saying who one is at this terminal, and of each identity number.
CREATE TABLE tries (
    -- 'pin', 'terminal', or the keyed hash of an identity number, in hexadecimal digits.
    whose    TEXT PRIMARY KEY,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    -- When the last of them was.
    last     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tries (whose, failures, last)
SELECT 'pin', CAST(failures.value AS INTEGER), CAST(at.value AS INTEGER)
FROM meta failures JOIN meta at ON at.key = 'pin_failed_at'
WHERE failures.key = 'pin_failures';
DELETE FROM meta WHERE key IN ('pin_failures', 'pin_failed_at');

-- Pauses after no-shows.
CREATE TABLE pauses (
    worker    TEXT PRIMARY KEY,
    -- As the hub told: when the last no-show was noted, and until when it goes on.
    since     INTEGER,
    until     INTEGER,
    -- When staff of this hall lifted it last.
    lifted_at INTEGER
) STRICT, WITHOUT ROWID;
