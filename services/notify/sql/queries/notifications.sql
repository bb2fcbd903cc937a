-- name: add_notifications
-- New messages, queued or suppressed.
INSERT INTO notifications (id, ticket_id, audience, template, state, reason, keys_needed, queued_at, changed_at, due_at)
SELECT id, ticket_id, audience, template, state, reason, keys_needed::jsonb, at, at, due_at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
            $9::timestamptz[])
    AS given (id, ticket_id, audience, template, state, reason, keys_needed, at, due_at);

-- name: change_notifications
-- What has become of messages; what a change does not name stays.
UPDATE notifications SET state = given.state, attempts = greatest(notifications.attempts, given.attempts),
    provider_message_id = coalesce(given.provider_message_id, notifications.provider_message_id),
    code = coalesce(given.code, notifications.code), reason = coalesce(given.reason, notifications.reason),
    keys_needed = coalesce(given.keys_needed::jsonb, notifications.keys_needed),
    changed_at = given.at, due_at = given.due_at, held_until = given.held_until
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
            $8::timestamptz[], $9::timestamptz[], $10::text[])
    AS given (id, state, attempts, provider_message_id, code, reason, at, due_at, held_until, keys_needed)
WHERE notifications.id = given.id;

-- name: due_notifications
-- Messages whose time has come and whose keys have come, held until the transaction ends.
SELECT id FROM notifications
WHERE due_at <= $1 AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(keys_needed) AS needed (person text, version int)
    LEFT JOIN keys ON keys.person = needed.person
    WHERE keys.person IS NULL OR (keys.state = 'wrapped' AND keys.version < needed.version)
)
ORDER BY due_at
LIMIT $2
FOR UPDATE OF notifications SKIP LOCKED;

-- name: look_at_postponed_anew
-- Messages that nobody could be told of are looked at again at this moment, or before.
UPDATE notifications SET due_at = least(due_at, $1) WHERE state = 'postponed';

-- name: look_at_postponed_later
-- Messages for which still nobody answers, each with the moment of its next look.
UPDATE notifications SET due_at = given.due_at
FROM unnest($1::uuid[], $2::timestamptz[]) AS given (id, due_at)
WHERE notifications.id = given.id AND state = 'postponed';

-- name: unsent_of_tickets
-- By ticket, messages for which nobody was on duty yet, or which the provider has refused for now.
SELECT ticket_id, array_agg(id ORDER BY id) AS ids FROM notifications
WHERE ticket_id = ANY($1::uuid[]) AND (state = 'postponed' OR (state = 'rejected' AND due_at IS NOT NULL))
GROUP BY ticket_id;

-- name: abandoned_notifications
-- Attempts whose holder has not come back in time, held until the transaction ends.
SELECT id FROM notifications WHERE held_until < $1
ORDER BY held_until
LIMIT $2
FOR UPDATE SKIP LOCKED;

-- name: notifications_of_ticket
-- How far each message about a ticket has come.
SELECT id, ticket_id, audience, template, state, reason, attempts, provider_message_id, code, queued_at, changed_at,
       due_at
FROM notifications WHERE ticket_id = $1
ORDER BY queued_at, id;

-- name: count_notifications
-- How many messages stand in each state, exactly.
SELECT state, reason, count(*) AS messages FROM notifications GROUP BY state, reason ORDER BY state, reason;

-- name: oldest_due_age
-- How many seconds the longest waiting message is past its time; none when none waits.
SELECT extract(epoch FROM $1::timestamptz - min(due_at))::float8 FROM notifications WHERE due_at IS NOT NULL;
