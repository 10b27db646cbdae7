-- When a person was erased. The row stays for the claims; devices are told of its ids.
ALTER TABLE worker ADD COLUMN erased_at INTEGER;
CREATE INDEX worker_erased ON worker (id) WHERE erased_at IS NOT NULL;
CREATE INDEX worker_alias_by_worker ON worker_alias (worker);
