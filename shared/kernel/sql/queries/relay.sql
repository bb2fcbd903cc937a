-- name: outbox_batch
-- The oldest events that wait to be sent, in order of position.
SELECT position, stream, version, event_id, type, schema_version, data, metadata, occurred_at
FROM outbox JOIN events USING (position)
ORDER BY position
LIMIT $1;

-- name: outbox_sent
-- All of these were acknowledged: forget them, and remember when.
WITH sent AS (DELETE FROM outbox WHERE position = ANY($1::bigint[]))
UPDATE relay_state SET last_acknowledged_at = $2;

-- name: states_batch
-- The oldest keys whose current state waits to be sent.
SELECT id, key FROM outbox_states ORDER BY id LIMIT $1;

-- name: states_sent
-- These were acknowledged.
DELETE FROM outbox_states WHERE id = ANY($1::bigint[]);

-- name: last_acknowledged_at
-- When the broker last acknowledged anything of ours.
SELECT last_acknowledged_at FROM relay_state;

-- name: resend_since
-- Queue once more every event recorded since then.
WITH again AS (
    INSERT INTO outbox (position) SELECT position FROM events WHERE recorded_at >= $1
    ON CONFLICT DO NOTHING RETURNING position
)
SELECT count(*) FROM again;

-- name: resend_stream
-- Queue once more every event of one stream.
WITH again AS (
    INSERT INTO outbox (position) SELECT position FROM events WHERE stream = $1
    ON CONFLICT DO NOTHING RETURNING position
)
SELECT count(*) FROM again;

-- name: oldest_outbox_age
-- How many seconds the oldest unsent event has waited; none when all are sent.
SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float8
FROM outbox JOIN events USING (position) ORDER BY position LIMIT 1;

-- name: lead
-- Become the one relay of this schema, if nobody is.
SELECT pg_try_advisory_lock(hashtext('relay ' || current_schema()));
