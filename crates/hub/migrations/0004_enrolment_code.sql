-- The code that an enrolment was made with: whoever asks again with the same code and key, because
-- the answer was lost, gets the same answer.
ALTER TABLE enrolment ADD COLUMN code_hash BLOB;
CREATE INDEX enrolment_by_code ON enrolment (code_hash) WHERE code_hash IS NOT NULL;
