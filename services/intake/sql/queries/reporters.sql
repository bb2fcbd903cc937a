-- name: key_beside_opening
-- The key of a reporter whom nobody knew yet.
INSERT INTO keys (person, version, state, wrapped)
SELECT $beside->>'person', 1, 'wrapped', $beside->>'wrapped' WHERE EXISTS (SELECT FROM appended)

-- name: key_queued_beside_opening
-- The relay is to publish that key.
INSERT INTO outbox_states (key) SELECT $beside->>'person' WHERE EXISTS (SELECT FROM appended)

-- name: reporter_beside_opening
-- From now on this phone is this person. One that is known already fails the whole statement, on purpose.
INSERT INTO reporters (phone_index, person)
SELECT $beside->>'phone_index', $beside->>'person' WHERE EXISTS (SELECT FROM appended)

-- name: reporters_of_phones
-- Who has reported from these phones, with their keys.
SELECT phone_index, person, version, wrapped FROM reporters JOIN keys USING (person)
WHERE phone_index = ANY($1::text[]) AND state = 'wrapped';

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
