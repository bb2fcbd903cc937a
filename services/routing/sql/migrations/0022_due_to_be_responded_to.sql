-- By when anybody must have accepted a case, counted from its opening: the inbox has it due then, where that is earlier.
-- No event of before says so, and nothing is to be filled in.
SET LOCAL lock_timeout = '5s';
ALTER TABLE cases ADD COLUMN first_response_by timestamptz;
CREATE INDEX cases_open_or_to_respond ON cases (due_at, opened_at, id) INCLUDE (status, unit, left_unit, accepted_by, area,
    place, category, urgent, number, resolved_by, verify_by, verifier, first_response_by) WHERE status <> 'closed';
-- What it was for, the new one does.
DROP INDEX cases_open_or_to_verify;
