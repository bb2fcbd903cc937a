-- By when done work is to be verified, and by which unit: the inbox has it due then, and waiting for that unit.
-- Only the streams of the few cases that wait to be verified are read, while others wait for the table.
SET LOCAL lock_timeout = '5s';
ALTER TABLE cases ADD COLUMN verify_by timestamptz, ADD COLUMN verifier text;
UPDATE cases
SET verify_by = (last.data #>> '{deadlines,verify_by}')::timestamptz, verifier = last.data ->> 'to_unit'
FROM cases AS waiting CROSS JOIN LATERAL (
    SELECT data
    FROM events
    WHERE stream = 'case-' || waiting.id AND type = 'yima.routing.CaseResolved'
    ORDER BY version DESC
    LIMIT 1
) AS last
WHERE waiting.status = 'resolved' AND NOT waiting.history AND cases.id = waiting.id;
CREATE INDEX cases_open_or_to_verify ON cases (due_at, opened_at, id) INCLUDE (status, unit, left_unit, accepted_by, area,
    place, category, urgent, number, resolved_by, verify_by, verifier) WHERE status <> 'closed';
-- What it was for, the new one does.
DROP INDEX cases_open;
