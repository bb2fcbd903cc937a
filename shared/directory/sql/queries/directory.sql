-- name: record_directory
-- Keep each record's newest state.
INSERT INTO directory (kind, id, type, schema_version, edition, body)
SELECT kind, id, type, schema_version, edition, body::jsonb
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[])
    AS given (kind, id, type, schema_version, edition, body)
ORDER BY kind, id
ON CONFLICT (kind, id) DO UPDATE SET type = excluded.type, schema_version = excluded.schema_version,
    edition = excluded.edition, body = excluded.body;

-- name: count_change
-- Something changed.
UPDATE directory_changes SET changes = changes + 1;

-- name: changes
-- How often the directory has changed here.
SELECT changes FROM directory_changes;

-- name: directory_records
-- The whole directory.
SELECT type, schema_version, body FROM directory;

-- name: directory_extent
-- How much is known of the kinds that every service follows: each change of a record raises its edition.
SELECT count(*) AS records, coalesce(sum(edition), 0) AS editions
FROM directory WHERE kind IN ('area', 'place', 'unit', 'category', 'calendar');
