-- When a worker was last here: who has not come for long is forgotten.
ALTER TABLE workers ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE workers SET seen_at = registered_at;
