-- name: imported_before
-- Which of these ids of a source were imported before.
SELECT source_id FROM imported WHERE source = $1 AND source_id = ANY($2::text[]);

-- name: record_imported
-- These ids are imported.
INSERT INTO imported (source, source_id, ticket_id) SELECT $1, * FROM unnest($2::text[], $3::uuid[]);

-- name: add_ticket_rows
-- What imported tickets are found by.
INSERT INTO tickets (id, number, token_sha256, place, opened_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::timestamptz[]);

-- name: one_import_at_a_time
-- Two imports of one source take turns, a batch each.
SELECT pg_advisory_xact_lock(hashtextextended('import ' || $1, 0));
