-- name: begin_batch
-- Compare and set the offsets (fewer than asked for mean that another process has a partition), and how far each of these
-- streams has taken effect here, held until the transaction ends. Without streams there is one row all the same.
WITH advanced AS (
    UPDATE offsets SET next_offset = step.becomes, last_timestamp = step.last_timestamp
    FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[])
        AS step (topic, partition, was, becomes, last_timestamp)
    WHERE consumer = $1 AND cluster_id = $2 AND offsets.topic = step.topic AND offsets.partition = step.partition
        AND next_offset = step.was
    RETURNING offsets.topic
), held AS (
    SELECT publisher, stream, version FROM seen
    WHERE consumer = $1 AND (publisher, stream) IN (SELECT * FROM unnest($8::text[], $9::text[]))
    ORDER BY publisher, stream
    FOR UPDATE
)
SELECT asked.publisher, asked.stream, coalesce(held.version, 0) AS version,
    EXISTS (
        SELECT FROM parked
        WHERE consumer = $1 AND parked.publisher = asked.publisher AND parked.stream = asked.stream
    ) AS blocked,
    (SELECT count(*) FROM advanced) AS advanced
FROM (VALUES (1)) AS always
LEFT JOIN unnest($8::text[], $9::text[]) AS asked (publisher, stream) ON true
LEFT JOIN held ON held.publisher = asked.publisher AND held.stream = asked.stream;

-- name: seen_event_ids
-- The ids of events that have taken effect, to tell a duplicate from a fork; of a state only the newest one's.
SELECT seen.publisher, seen.stream, asked.version, seen.event_ids[asked.version - seen.first_version + 1] AS event_id
FROM unnest($2::text[], $3::text[], $4::int[]) AS asked (publisher, stream, version)
JOIN seen ON seen.consumer = $1 AND seen.publisher = asked.publisher AND seen.stream = asked.stream
WHERE asked.version BETWEEN seen.first_version AND seen.version;

-- name: save_seen_events
-- These events have taken effect.
INSERT INTO seen (consumer, publisher, stream, version, first_version, event_ids)
SELECT $1, publisher, stream, max(version), min(version), array_agg(event_id ORDER BY version)
FROM unnest($2::text[], $3::text[], $4::int[], $5::uuid[]) AS taken (publisher, stream, version, event_id)
GROUP BY publisher, stream
ON CONFLICT (consumer, publisher, stream)
DO UPDATE SET version = excluded.version, event_ids = seen.event_ids || excluded.event_ids;

-- name: save_seen_states
-- These states have taken effect; of a state only the newest is remembered, and of one version that came last.
INSERT INTO seen (consumer, publisher, stream, version, first_version, event_ids)
SELECT $1, publisher, stream, max(version), max(version), (array_agg(event_id ORDER BY version DESC, place DESC))[1:1]
FROM unnest($2::text[], $3::text[], $4::int[], $5::uuid[])
    WITH ORDINALITY AS taken (publisher, stream, version, event_id, place)
GROUP BY publisher, stream
ON CONFLICT (consumer, publisher, stream)
DO UPDATE SET version = excluded.version, first_version = excluded.first_version, event_ids = excluded.event_ids;

-- name: keep_received
-- Keep what was received, raw, once, for projections to be rebuilt from.
INSERT INTO received (publisher, stream, version, event_id, type, schema_version, occurred_at, data)
SELECT publisher, stream, version, event_id, type, schema_version, occurred_at, data::jsonb
FROM unnest($1::text[], $2::text[], $3::int[], $4::uuid[], $5::text[], $6::int[], $7::timestamptz[], $8::text[])
    AS given (publisher, stream, version, event_id, type, schema_version, occurred_at, data)
RETURNING position;

-- name: offsets_of_consumer
-- Where a consumer stands in each partition, in any cluster, and when the last record before that was written.
SELECT cluster_id, topic, partition, next_offset, last_timestamp FROM offsets WHERE consumer = $1;

-- name: start_offsets
-- A partition that this consumer has never read: start here.
INSERT INTO offsets (consumer, cluster_id, topic, partition, next_offset)
SELECT $1, $2, * FROM unnest($3::text[], $4::int[], $5::bigint[])
ON CONFLICT DO NOTHING;

-- name: adopt_offsets
-- Start at these beginnings where nothing was read yet, or where what comes next has been deleted.
INSERT INTO offsets (consumer, cluster_id, topic, partition, next_offset)
SELECT $1, $2, * FROM unnest($3::text[], $4::int[], $5::bigint[])
ON CONFLICT (consumer, cluster_id, topic, partition)
DO UPDATE SET next_offset = excluded.next_offset, last_timestamp = NULL
WHERE offsets.next_offset < excluded.next_offset;

-- name: rewind_offset
-- The broker lost its tail: go back.
UPDATE offsets SET next_offset = $5, last_timestamp = NULL
WHERE consumer = $1 AND cluster_id = $2 AND topic = $3 AND partition = $4;
