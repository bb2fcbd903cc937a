-- name: lock_publishing
-- One publication at a time: the edition's number is the next only then.
SELECT pg_advisory_xact_lock(hashtext('district of ' || current_schema()));

-- name: share_publishing
-- No publication while this transaction opens cases: it finds all of them, or they find it.
SELECT pg_advisory_xact_lock_shared(hashtext('district of ' || current_schema()));

-- name: add_edition
-- A publication that changed something.
INSERT INTO district_editions (edition, published_at, file_sha256, changed, retired, published_by)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: editions
-- All publications, the newest first.
SELECT edition, published_at, file_sha256, changed, retired, published_by FROM district_editions ORDER BY edition DESC;

-- name: directory_streams
-- The records that publications made or changed after an edition; what a unit's people agree comes from none.
SELECT directory.kind || '-' || directory.id AS stream FROM directory
WHERE directory.kind <> 'cover' AND directory.edition > $1;
