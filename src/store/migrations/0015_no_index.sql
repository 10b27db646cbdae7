-- Listings are searched in memory (src/store/finder): with 100,000 of them the index was far from
-- giving what fits within a frame of the screen.
DROP TABLE jobs_fts;
