-- Whether that word came before the pay was late, by the job as it was then. Words from before this
-- column are not counted.
ALTER TABLE claim ADD COLUMN paid_on_time INTEGER;

CREATE INDEX claim_paid_on_time ON claim (settled_at) WHERE paid_on_time = 1;
