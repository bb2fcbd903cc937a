-- name: remember_directory
-- Keep what the directory says of an entity from a moment on.
INSERT INTO directory_history (kind, id, since, type, schema_version, body)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kind, id, since) DO UPDATE SET
    type = excluded.type, schema_version = excluded.schema_version, body = excluded.body;

-- name: directory_then
-- The directory as it was at a moment; of what was not known yet, the first that was said of it.
SELECT DISTINCT ON (kind, id) type, schema_version, body
FROM directory_history
ORDER BY kind, id, since <= $1::timestamptz DESC,
    CASE WHEN since <= $1 THEN -extract(epoch FROM since) ELSE extract(epoch FROM since) END;
