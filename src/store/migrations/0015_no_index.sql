-- Listings are searched in memory (src/store/finder): within a frame of the screen with 100,000 of them,
-- which the index could not do, and writing one takes a third of the time without it.
DROP TABLE jobs_fts;
