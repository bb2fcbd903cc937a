-- name: photos_set_out
-- Photos that are about to be kept for a ticket that is about to be opened.
INSERT INTO photos_on_their_way (id, set_out_at) SELECT id, $2 FROM unnest($1::text[]) AS id;

-- name: photo_beside_opening
-- The ticket names them from now on.
DELETE FROM photos_on_their_way
WHERE id IN (
    SELECT photo FROM jsonb_to_recordset($beside) AS row (stream text, photo text)
    WHERE stream IN (SELECT stream FROM appended)
)

-- name: photos_lost_on_their_way
-- Photos that no ticket has come to name.
SELECT id FROM photos_on_their_way WHERE set_out_at < $1 ORDER BY set_out_at LIMIT 1000;

-- name: forget_photos
-- They are gone.
DELETE FROM photos_on_their_way WHERE id = ANY($1::text[]);
