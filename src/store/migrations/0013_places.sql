-- Where the work is, in millionths of a degree: the nearest jobs first. As text in the listing.
ALTER TABLE jobs ADD COLUMN latitude INTEGER;
ALTER TABLE jobs ADD COLUMN longitude INTEGER;
UPDATE jobs SET
    latitude = CAST(round(json_extract(body, '$.position[0]') * 1000000) AS INTEGER),
    longitude = CAST(round(json_extract(body, '$.position[1]') * 1000000) AS INTEGER)
WHERE json_type(body, '$.position') = 'array';
