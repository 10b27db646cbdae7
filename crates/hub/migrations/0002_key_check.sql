-- A known text under the secret key, so that another key is noticed before it encrypts anything.
ALTER TABLE meta ADD COLUMN key_check BLOB;
