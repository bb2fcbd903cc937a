-- name: key_beside_opening
-- The keys of reporters whom nobody knew yet.
INSERT INTO keys (person, version, state, wrapped)
SELECT person, 1, 'wrapped', wrapped
FROM jsonb_to_recordset($beside) AS row (stream text, person text, wrapped text)
WHERE stream IN (SELECT stream FROM appended)

-- name: key_queued_beside_opening
-- The relay is to publish those keys.
INSERT INTO outbox_states (key)
SELECT person FROM jsonb_to_recordset($beside) AS row (stream text, person text)
WHERE stream IN (SELECT stream FROM appended)

-- name: reporter_beside_opening
-- From now on this phone is this person. One that is known already fails its ticket's append, on purpose.
INSERT INTO reporters (phone_index, person)
SELECT phone_index, person FROM jsonb_to_recordset($beside) AS row (stream text, phone_index text, person text)
WHERE stream IN (SELECT stream FROM appended)
ORDER BY phone_index

-- name: known_reporter_beside_opening
-- A reporter whose key is no longer what we remember (erased, or renewed) fails their ticket's append, on purpose: a
-- phone can not be there twice.
INSERT INTO reporters (phone_index, person)
SELECT phone_index, row.person
FROM jsonb_to_recordset($beside) AS row (stream text, phone_index text, person text, key_version int)
LEFT JOIN keys ON keys.person = row.person AND keys.state = 'wrapped' AND keys.version = row.key_version
CROSS JOIN generate_series(1, 2)
WHERE stream IN (SELECT stream FROM appended) AND keys.person IS NULL

-- name: reporters_of_phones
-- Who has reported from these phones, with their keys; none where the person was forgotten.
SELECT phone_index, person, version, wrapped FROM reporters JOIN keys USING (person)
WHERE phone_index = ANY($1::text[]);

-- name: forget_erased_reporters
-- A phone whose person was forgotten is a new person's from now on.
DELETE FROM reporters USING keys
WHERE keys.person = reporters.person AND state = 'erased' AND phone_index = ANY($1::text[]);

-- name: add_reporters
-- Phones of new people; returns those that nobody else has taken meanwhile.
INSERT INTO reporters (phone_index, person)
SELECT * FROM unnest($1::text[], $2::text[]) AS given (phone_index, person) ORDER BY phone_index
ON CONFLICT DO NOTHING
RETURNING phone_index;

-- name: forget_phones_of
-- The phones of a person who is forgotten: whoever reports from one next is somebody new.
DELETE FROM reporters WHERE person = $1;

-- name: tickets_of_reporter
-- All that a person has reported; reads the whole log, which an erasure is rare enough for.
SELECT stream, (data ->> 'ticket_id')::uuid AS id FROM events
WHERE version = 1 AND type IN ('yima.intake.TicketOpened', 'yima.intake.TicketImported') AND data ->> 'reporter' = $1
ORDER BY position;

-- name: photos_of_reporter
-- The photos that came with what a person has reported.
SELECT photo ->> 'id' AS photo
FROM events CROSS JOIN jsonb_array_elements(data -> 'attachments') AS photo
WHERE version = 1 AND type = 'yima.intake.TicketOpened' AND data ->> 'reporter' = $1;
