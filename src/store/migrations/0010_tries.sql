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
