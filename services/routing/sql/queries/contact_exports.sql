-- name: add_contact_export
-- Somebody takes reporters' contacts out.
INSERT INTO contact_exports (id, at, person, role, unit, first_day, last_day, tickets, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: contact_exports
-- Who took contacts out since then, the newest first.
SELECT id, at, person, role, unit, first_day, last_day, tickets, reason
FROM contact_exports WHERE at >= $1
ORDER BY at DESC, id;

-- name: texts_of
-- What reporters wrote, sealed.
SELECT id, text FROM cases WHERE id = ANY ($1::uuid[]);
