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

-- name: begin_import
-- This file of this source, and how many of its lines were done before an interruption.
INSERT INTO import_runs AS held (source, file_sha256, started_at) VALUES ($1, $2, $3)
ON CONFLICT (source, file_sha256) DO UPDATE SET started_at = held.started_at
RETURNING lines_done, finished_at;

-- name: advance_import
-- So many lines of the file are done.
UPDATE import_runs SET lines_done = greatest(lines_done, $3), finished_at = NULL WHERE source = $1 AND file_sha256 = $2;

-- name: finish_import
-- The file is done.
UPDATE import_runs SET finished_at = $3 WHERE source = $1 AND file_sha256 = $2;

-- name: one_import_at_a_time
-- Two imports of one source take turns, a batch each.
SELECT pg_advisory_xact_lock(hashtextextended('import ' || $1, 0));
