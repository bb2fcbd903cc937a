-- name: lock_publishing
-- One publication at a time: the edition's number is the next only then.
SELECT pg_advisory_xact_lock(hashtext('district of ' || current_schema()));

-- name: share_publishing
-- No publication while this transaction opens cases: it finds all of them, or they find it.
SELECT pg_advisory_xact_lock_shared(hashtext('district of ' || current_schema()));

-- name: add_edition
-- A publication that changed something.
INSERT INTO district_editions (edition, published_at, file_sha256, changed, retired) VALUES ($1, $2, $3, $4, $5);

-- name: editions
-- All publications, the newest first.
SELECT edition, published_at, file_sha256, changed, retired FROM district_editions ORDER BY edition DESC;
