-- Cases that tell of the same trouble: the one that is worked on counts those that follow it, and these are no open work.
SET LOCAL lock_timeout = '5s';
ALTER TABLE cases ADD COLUMN duplicates int;
ALTER TABLE cases DROP CONSTRAINT cases_status_check;
-- What stands there already is a status of before, so that no row need be read.
ALTER TABLE cases ADD CONSTRAINT cases_status_check CHECK (
    status IN ('unassigned', 'assigned', 'accepted', 'merged', 'resolved', 'verified', 'closed')
) NOT VALID;
