-- Rule 12: after the store was put back from a copy more places of this job were held and lent than there
-- were, as nobody knew which of its claims had ended: so many places there were. NULL where all is well.
ALTER TABLE job ADD COLUMN surplus_over INTEGER CHECK (surplus_over >= 0);
