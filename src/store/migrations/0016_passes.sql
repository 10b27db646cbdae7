-- The passes of workers by their hashes, made here or told by the hub. A person may be here under several
-- ids with the same pass.
CREATE TABLE passes (
    worker TEXT PRIMARY KEY,
    -- NULL where there is none any more.
    hash   BLOB CHECK (length(hash) = 32),
    since  INTEGER NOT NULL,
    -- 1 until the hub has told of it: made here.
    waits  INTEGER NOT NULL CHECK (waits IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX passes_by_hash ON passes (hash) WHERE hash IS NOT NULL;

-- 1 where only a pass has told who somebody is: the identity number was never here, and the look-up is random.
ALTER TABLE workers ADD COLUMN by_pass INTEGER NOT NULL DEFAULT 0 CHECK (by_pass IN (0, 1));

-- An older version skipped what the hub told of passes. The snapshot has it, so the hall's feed begins
-- with one again. What the feed counts already stays counted.
UPDATE claims SET reflected_at = 0
WHERE reflected_at <= (SELECT max(seq) FROM cursors WHERE scope LIKE 'hall/%');
DELETE FROM cursors WHERE scope LIKE 'hall/%';
