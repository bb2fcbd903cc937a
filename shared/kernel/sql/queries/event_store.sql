-- name: append
-- One round trip: version checks, the command's answer, events, outbox rows and what stands beside them stand or fall
-- together. A stale version fails the whole statement, as a command that was answered does: no part has to ask.
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[],
                         $8::timestamptz[])
        AS given (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
), stale AS (
    SELECT first.stream
    FROM (SELECT stream, min(version) - 1 AS expected FROM given GROUP BY stream) AS first
    WHERE first.expected <> coalesce((SELECT max(version) FROM events WHERE events.stream = first.stream), 0)
), command AS (
    INSERT INTO commands (caller, operation, key, body_hmac, answer)
    SELECT $9, $10, $11, $12, $13::jsonb WHERE $9::text IS NOT NULL
), appended AS (
    INSERT INTO events (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
    SELECT stream, version / (NOT EXISTS (SELECT FROM stale))::int, event_id, type, schema_version, data::jsonb,
        metadata::jsonb, occurred_at
    FROM given
    ORDER BY stream, version
    RETURNING position
)/* beside */
INSERT INTO outbox (position) SELECT position FROM appended;

-- name: append_together
-- Appends of many callers, each by itself: one whose stream has moved on, or whose command was answered, writes nothing.
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[],
                         $8::timestamptz[])
        AS given (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
), asked AS (
    SELECT * FROM unnest($9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::text[])
        AS asked (stream, caller, operation, key, body_hmac, answer)
), stale AS (
    SELECT first.stream
    FROM (SELECT stream, min(version) - 1 AS expected FROM given GROUP BY stream) AS first
    WHERE first.expected <> coalesce((SELECT max(version) FROM events WHERE events.stream = first.stream), 0)
), command AS (
    INSERT INTO commands (caller, operation, key, body_hmac, answer)
    SELECT caller, operation, key, body_hmac, answer::jsonb
    FROM asked
    WHERE stream NOT IN (SELECT stream FROM stale)
    ORDER BY caller, operation, key
    ON CONFLICT DO NOTHING
    RETURNING caller, operation, key
), refused AS (
    SELECT stream FROM stale
    UNION ALL
    SELECT stream FROM asked WHERE (caller, operation, key) NOT IN (SELECT caller, operation, key FROM command)
), appended AS (
    INSERT INTO events (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
    SELECT stream, version, event_id, type, schema_version, data::jsonb, metadata::jsonb, occurred_at
    FROM given
    WHERE stream NOT IN (SELECT stream FROM refused)
    ORDER BY stream, version
    RETURNING position, stream, version
), queued AS (
    INSERT INTO outbox (position) SELECT position FROM appended
)/* beside */
SELECT stream FROM appended;

-- name: answer_of_command
-- The first answer to a command, and the HMAC of the body that it came with.
SELECT body_hmac, answer FROM commands WHERE caller = $1 AND operation = $2 AND key = $3;

-- name: begin_command
-- The first answer to a command where it has one, and its stream's events in order: one row at least.
SELECT commands.body_hmac, commands.answer, events.version, events.type, events.schema_version, events.data
FROM (SELECT) AS once
LEFT JOIN commands ON commands.caller = $1 AND commands.operation = $2 AND commands.key = $3
LEFT JOIN events ON events.stream = $4
ORDER BY events.version;

-- name: events_of_streams
-- The events of several streams, each in order.
SELECT stream, version, event_id, type, schema_version, data, occurred_at
FROM events WHERE stream = ANY($1::text[])
ORDER BY stream, version;

-- name: queue_states
-- Ask the relay to send the current state under each of these keys.
INSERT INTO outbox_states (key) SELECT unnest($1::text[]);

-- name: traceparents
-- In which trace each of these streams began.
SELECT stream, metadata ->> 'traceparent' AS traceparent FROM events
WHERE stream = ANY($1::text[]) AND version = 1 AND metadata ? 'traceparent';
