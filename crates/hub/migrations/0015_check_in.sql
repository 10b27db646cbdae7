-- Check-ins that arrived before the claim they are of: another terminal that was cut off took it.
CREATE TABLE early_check_in (
    claim TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
