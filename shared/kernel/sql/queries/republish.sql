-- name: newest_position
-- The last event that is visible now.
SELECT coalesce(max(position), 0) FROM events;

-- name: requeue_events
-- Queue once more the next events after a position, at most so many; returns how many, and the last of them.
WITH chunk AS (
    SELECT position FROM events WHERE position > $1 ORDER BY position LIMIT $2
), again AS (
    INSERT INTO outbox (position) SELECT position FROM chunk
    ON CONFLICT (position) DO UPDATE SET times_queued = outbox.times_queued + 1
)
SELECT count(*) AS events, max(position) AS last FROM chunk;

-- name: events_between
-- The next events after a position and up to another, as the relay sends them.
SELECT position, stream, version, event_id, type, schema_version, data, metadata, occurred_at
FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3;

-- name: resend_stream
-- Queue once more every event of one stream.
WITH again AS (
    INSERT INTO outbox (position) SELECT position FROM events WHERE stream = $1 ORDER BY position
    ON CONFLICT (position) DO UPDATE SET times_queued = outbox.times_queued + 1
    RETURNING position
)
SELECT count(*) FROM again;

-- name: requeue_states
-- Queue once more the current state under every key of ours; returns how many.
WITH again AS (INSERT INTO outbox_states (key) SELECT key FROM published_states ORDER BY key RETURNING id)
SELECT count(*) FROM again;

-- name: still_queued
-- How many events up to a position, and how many states, wait to be sent.
SELECT (SELECT count(*) FROM outbox WHERE position <= $1) + (SELECT count(*) FROM outbox_states);
