-- When it was noted that a worker did not come. Of no-shows before this version it is not known, so
-- they make no pause.
ALTER TABLE claim ADD COLUMN missed_at INTEGER;
CREATE INDEX claim_missed ON claim (worker) WHERE missed_at IS NOT NULL;

-- No-shows up to then are forgiven.
ALTER TABLE worker ADD COLUMN pause_lifted_at INTEGER;
