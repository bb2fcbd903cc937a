-- name: keys_of
-- The current key rows of these people.
SELECT person, version, state, wrapped FROM keys WHERE person = ANY ($1::text[]);

-- name: record_keys
-- Key records as they arrive: the higher version wins, `erased` wins for good. Ordered, so that two writers cannot
-- deadlock.
INSERT INTO keys AS held (person, version, state, wrapped)
SELECT person, version, state, wrapped
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[]) AS given (person, version, state, wrapped)
ORDER BY person
ON CONFLICT (person) DO UPDATE
SET version = greatest(held.version, excluded.version), state = excluded.state, wrapped = excluded.wrapped,
    changed_at = clock_timestamp()
WHERE held.state <> 'erased' AND (excluded.state = 'erased' OR excluded.version > held.version)
RETURNING person;

-- name: erase_key
-- Forget a person: the marker takes the key's place, also where no key had come yet.
INSERT INTO keys AS held (person, version, state)
VALUES ($1, 1, 'erased')
ON CONFLICT (person) DO UPDATE
SET version = held.version + 1, state = 'erased', wrapped = NULL, changed_at = clock_timestamp()
WHERE held.state <> 'erased';
