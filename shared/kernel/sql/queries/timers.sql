-- name: schedule_timers
-- Set timers; a generation that is set already stays as it is.
INSERT INTO timers (kind, subject, generation, due_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[])
ON CONFLICT DO NOTHING;

-- name: due_timers
-- The timers that are due, the longest first; another process may hold some of them.
SELECT kind, subject, generation, due_at, attempts FROM timers
WHERE due_at <= $1
ORDER BY due_at
LIMIT $2;

-- name: claim_timer
-- One timer, held until the transaction ends; nothing when it has fired, was put off, or another process holds it.
SELECT kind, subject, generation, due_at, attempts FROM timers
WHERE kind = $1 AND subject = $2 AND generation = $3 AND due_at = $4
FOR UPDATE SKIP LOCKED;

-- name: delete_timer
-- It has fired.
DELETE FROM timers WHERE kind = $1 AND subject = $2 AND generation = $3;

-- name: put_off_timer
-- Its handler failed: later again, and visibly so.
UPDATE timers SET due_at = $4, attempts = attempts + 1, error = $5
WHERE kind = $1 AND subject = $2 AND generation = $3;

-- name: next_timer_at
-- When the next timer is due.
SELECT min(due_at) FROM timers;
