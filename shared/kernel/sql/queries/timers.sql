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

-- name: claim_timers
-- These, held until the transaction ends, without what has fired, was put off, or another process holds.
SELECT timers.kind, timers.subject, timers.generation
FROM unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[]) AS due (kind, subject, generation, due_at)
JOIN timers USING (kind, subject, generation, due_at)
FOR UPDATE OF timers SKIP LOCKED;

-- name: delete_timers
-- They have fired.
DELETE FROM timers USING unnest($1::text[], $2::text[], $3::int[]) AS fired (kind, subject, generation)
WHERE timers.kind = fired.kind AND timers.subject = fired.subject AND timers.generation = fired.generation;

-- name: put_off_timer
-- Its handler failed: later again, and visibly so.
UPDATE timers SET due_at = $4, attempts = attempts + 1, error = $5
WHERE kind = $1 AND subject = $2 AND generation = $3;

-- name: oldest_timer_lateness
-- How many seconds the timer that is due longest is late, below 0 when none is; none when none is set.
SELECT extract(epoch FROM $1::timestamptz - min(due_at))::float8 FROM timers;

-- name: failing_timers
-- How many timers were put off since their handler failed, and have not fired.
SELECT count(*) FROM timers WHERE attempts > 0;

-- name: next_timer_at
-- When the next timer is due.
SELECT min(due_at) FROM timers;
