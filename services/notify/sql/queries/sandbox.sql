-- name: keep_sandbox_messages
-- Messages that the sandbox took together.
INSERT INTO sandbox_messages (notification_id, recipient, text, segments, accepted_at)
SELECT notification_id, recipient::jsonb, text::jsonb, segments, $5
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) AS given (notification_id, recipient, text, segments)
RETURNING position, notification_id;

-- name: sandbox_messages
-- Messages before a position, the newest first, with how far each has come.
SELECT position, notification_id, recipient, text, segments, accepted_at, ticket_id, audience, template, state
FROM sandbox_messages JOIN notifications ON notifications.id = notification_id
WHERE position < $1
ORDER BY position DESC
LIMIT $2 OFFSET $3;

-- name: count_sandbox_messages
-- How many messages the sandbox took.
SELECT count(*) FROM sandbox_messages;
