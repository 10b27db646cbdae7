-- Numbers of the source are told apart by employer from now on: many lists count from 1 each day.
-- The other keys are hashes of 64 hexadecimal digits.
UPDATE job SET source_key = coalesce(uscc, json_extract(body, '$.employer.name')) || '#' || source_key
    WHERE length(source_key) <> 64 OR source_key GLOB '*[^0-9a-f]*';
