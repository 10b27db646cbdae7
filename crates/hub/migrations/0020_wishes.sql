-- What a worker wishes of work: JSON of core's Wishes, encrypted.
ALTER TABLE worker ADD COLUMN wishes BLOB;
