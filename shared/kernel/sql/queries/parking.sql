-- name: park
-- Set these records aside, raw.
INSERT INTO parked (consumer, publisher, stream, version, event_id, reason, waiting_for, error, topic, partition,
                    record_offset, headers, data, parked_at)
SELECT $1, publisher, stream, version, event_id, reason, waiting_for, error, topic, partition, record_offset,
       headers::jsonb, data, coalesce(parked_at, clock_timestamp())
FROM unnest($2::text[], $3::text[], $4::int[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[],
            $11::bigint[], $12::text[], $13::bytea[], $14::timestamptz[])
    AS given (publisher, stream, version, event_id, reason, waiting_for, error, topic, partition, record_offset,
              headers, data, parked_at)
ON CONFLICT DO NOTHING;

-- name: take_out_stream
-- Take all of a stream's parked records out, to try them in order.
DELETE FROM parked WHERE consumer = $1 AND publisher = $2 AND stream = $3
RETURNING publisher, stream, version, event_id, topic, partition, record_offset, headers, data, parked_at;

-- name: streams_to_release
-- The next streams, after the given one, whose first parked record may go on: it waits for a fact, it is the next one or
-- has taken effect meanwhile; or somebody asked for it.
SELECT head.publisher, head.stream, head.waiting_for
FROM (
    SELECT DISTINCT ON (publisher, stream) publisher, stream, version, reason, waiting_for
    FROM parked WHERE consumer = $1 ORDER BY publisher, stream, version
) AS head
LEFT JOIN seen ON seen.consumer = $1 AND seen.publisher = head.publisher AND seen.stream = head.stream
WHERE (head.publisher, head.stream) > ($2::text, $3::text)
  AND (head.reason = 'waiting'
       OR (head.reason IN ('gap', 'behind') AND head.version <= coalesce(seen.version, 0) + 1)
       OR EXISTS (SELECT FROM parked WHERE consumer = $1 AND parked.publisher = head.publisher
                  AND parked.stream = head.stream AND retry_requested))
ORDER BY head.publisher, head.stream
LIMIT $4;

-- name: oldest_parked_age
-- How many seconds the oldest parked record has waited; none when nothing is parked.
SELECT extract(epoch FROM clock_timestamp() - min(parked_at))::float8 FROM parked WHERE consumer = $1;

-- name: parked_streams
-- What is parked, a stream a row, the oldest first.
SELECT consumer, publisher, stream, min(version) AS first_version, count(*) AS records,
       (array_agg(reason ORDER BY version))[1] AS reason, (array_agg(error ORDER BY version))[1] AS error,
       (array_agg(waiting_for ORDER BY version))[1] AS waiting_for, min(parked_at) AS parked_at,
       bool_or(retry_requested) AS retry_requested
FROM parked GROUP BY consumer, publisher, stream ORDER BY min(parked_at);

-- name: parked_records
-- The parked records of one stream, in order.
SELECT consumer, publisher, stream, version, event_id, reason, waiting_for, error, topic, partition, record_offset,
       headers, data, parked_at
FROM parked WHERE stream = $1 ORDER BY consumer, publisher, version;

-- name: request_retry
-- Ask the running service to try a stream again.
UPDATE parked SET retry_requested = true WHERE stream = $1 RETURNING version;

-- name: first_parked_version
-- The version that a stream's parked records begin with; none when nothing of it is parked.
SELECT min(version) FROM parked WHERE stream = $1;

-- name: drop_parked
-- Drop one record, and keep who did it and why.
WITH gone AS (
    DELETE FROM parked WHERE stream = $1 AND version = $2 RETURNING *
)
INSERT INTO dropped (consumer, publisher, stream, version, event_id, reason, waiting_for, error, retry_requested,
                     topic, partition, record_offset, headers, data, parked_at, dropped_because, dropped_by)
SELECT consumer, publisher, stream, version, event_id, reason, waiting_for, error, retry_requested,
       topic, partition, record_offset, headers, data, parked_at, $3, $4
FROM gone
RETURNING consumer, publisher, stream, version, event_id;

-- name: pass_over_dropped
-- A dropped record that was the next of its stream counts as seen; any other leaves the stream where it is.
WITH next AS (
    UPDATE seen SET version = $4, event_ids = event_ids || $5::uuid
    WHERE consumer = $1 AND publisher = $2 AND stream = $3 AND version = $4 - 1
    RETURNING version
)
INSERT INTO seen (consumer, publisher, stream, version, first_version, event_ids)
SELECT $1, $2, $3, 1, 1, ARRAY[$5::uuid]
WHERE $4::int = 1 AND NOT EXISTS (SELECT FROM next)
ON CONFLICT DO NOTHING;
