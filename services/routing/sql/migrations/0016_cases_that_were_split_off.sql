-- A case that was split off another is no report that came again. Those of before stand as they were: they count until
-- the windows of the rules have passed them.
SET LOCAL lock_timeout = '5s';
ALTER TABLE cases ADD COLUMN IF NOT EXISTS split_off boolean;
