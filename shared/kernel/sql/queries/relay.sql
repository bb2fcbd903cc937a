-- name: outbox_batch
-- The oldest events that wait to be sent, in order of position, and whether states wait too: one row at least.
SELECT states_wait, position, times_queued, stream, version, event_id, type, schema_version, data, metadata, occurred_at
FROM (SELECT EXISTS (SELECT FROM outbox_states) AS states_wait) AS states
LEFT JOIN (
    SELECT * FROM outbox JOIN events USING (position) ORDER BY position LIMIT $1
) AS queued ON true
ORDER BY position;

-- name: outbox_sent
-- These were acknowledged: forget them, but not what was queued again meanwhile; for ten minutes remember which they were.
WITH sent AS (
    DELETE FROM outbox USING unnest($1::bigint[], $2::int[]) AS given (position, times_queued)
    WHERE outbox.position = given.position AND outbox.times_queued = given.times_queued
), forgotten AS (
    DELETE FROM acknowledged WHERE at < clock_timestamp() - interval '10 minutes'
)
INSERT INTO acknowledged (positions, keys) VALUES ($1, '{}');

-- name: states_batch
-- The oldest keys whose current state waits to be sent.
SELECT id, key FROM outbox_states ORDER BY id LIMIT $1;

-- name: states_sent
-- These were acknowledged: forget them, remember for ten minutes which they were, and for ever that they are ours.
WITH sent AS (
    DELETE FROM outbox_states WHERE id = ANY($1::bigint[])
), published AS (
    INSERT INTO published_states (key) SELECT DISTINCT unnest($2::text[]) ON CONFLICT DO NOTHING
)
INSERT INTO acknowledged (positions, keys) VALUES ('{}', $2);

-- name: last_acknowledged_at
-- When the broker last acknowledged anything of ours.
SELECT max(at) FROM acknowledged;

-- name: resend_acknowledged
-- Queue once more what was acknowledged in the ten minutes before that time; returns how much.
WITH lately AS (
    SELECT positions, keys FROM acknowledged WHERE at >= $1::timestamptz - interval '10 minutes'
), again AS (
    INSERT INTO outbox (position)
    SELECT DISTINCT position FROM lately, unnest(positions) AS sent (position) JOIN events USING (position)
    ON CONFLICT DO NOTHING RETURNING position
), states AS (
    INSERT INTO outbox_states (key) SELECT DISTINCT key FROM lately, unnest(keys) AS sent (key) RETURNING id
)
SELECT (SELECT count(*) FROM again) + (SELECT count(*) FROM states);

-- name: oldest_outbox_age
-- How many seconds the oldest unsent event has waited; none when all are sent.
SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float8
FROM outbox JOIN events USING (position) ORDER BY position LIMIT 1;

-- name: lead
-- Become the one relay of this schema, if nobody is.
SELECT pg_try_advisory_lock(hashtext('relay ' || current_schema()));
