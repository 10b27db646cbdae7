-- With each digit that is typed it is asked whether the job of that number takes nobody: among 100,000 jobs, closed
-- ones too, which are not searched in memory.
CREATE INDEX jobs_by_number ON jobs (number);
