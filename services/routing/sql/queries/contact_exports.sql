-- name: add_contact_export
-- Somebody takes reporters' contacts out.
INSERT INTO contact_exports (id, at, person, role, unit, first_day, last_day, tickets, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: texts_of
-- What reporters wrote, sealed.
SELECT id, text FROM cases WHERE id = ANY ($1::uuid[]);
