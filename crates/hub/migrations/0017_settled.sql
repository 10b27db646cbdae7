-- When the worker of a claim said that its pay had come.
ALTER TABLE claim ADD COLUMN settled_at INTEGER;

-- That word, where it arrived before the claim it is of.
CREATE TABLE early_settlement (
    claim TEXT PRIMARY KEY,
    at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
