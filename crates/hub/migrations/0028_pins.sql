-- The PIN of a worker without a telephone: its argon2 hash, encrypted, and when it was chosen.
ALTER TABLE worker ADD COLUMN pin BLOB;
ALTER TABLE worker ADD COLUMN pin_at INTEGER;
