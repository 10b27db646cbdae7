-- The PIN of a worker without a telephone: its argon2 hash, encrypted. NULL where none is known here.
ALTER TABLE workers ADD COLUMN pin BLOB;
