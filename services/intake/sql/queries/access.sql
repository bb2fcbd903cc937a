-- name: partner_of_key
-- The partner system of an API key.
SELECT id, name, secret_sha256, scopes, quota_per_minute, revoked_at FROM partners WHERE id = $1;

-- name: add_partner
-- A partner system and the hash of its key.
INSERT INTO partners (id, name, secret_sha256, scopes, quota_per_minute, created_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: all_partners
-- Every partner system, the newest first.
SELECT id, name, scopes, quota_per_minute, created_at, revoked_at FROM partners ORDER BY created_at DESC, id;

-- name: revoke_partner
-- Its key opens nothing any more; no row back means that there is no such partner, or that it was revoked before.
UPDATE partners SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id;

-- name: use_windows
-- Count one use (or a lease of several) for each subject in its window, and say where it stands; at the end of the
-- numbers it stands still.
INSERT INTO rate_limits AS held (subject, window_start, used)
SELECT subject, $2, $3 FROM unnest($1::text[]) AS subject ORDER BY subject
ON CONFLICT (subject, window_start) DO UPDATE SET used = least(held.used::bigint + excluded.used, 2147483647)::int
RETURNING subject, used;

-- name: forget_windows
-- Counters of windows that are long over.
DELETE FROM rate_limits WHERE window_start < $1;
