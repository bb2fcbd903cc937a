-- name: reserve_numbers
-- The first of a thousand ticket numbers that are this process's alone.
SELECT nextval('ticket_numbers');

-- name: row_beside_opening
-- What an opened ticket is found by.
INSERT INTO tickets (id, number, token_sha256, place, opened_at, partner, reference)
SELECT id, number, decode(token, 'hex'), place, at, partner, reference
FROM jsonb_to_recordset($beside)
    AS row (stream text, id uuid, number text, token text, place text, at timestamptz, partner text, reference text)
WHERE stream IN (SELECT stream FROM appended)

-- name: add_split_row
-- What a ticket is found by that was split off another.
INSERT INTO tickets (id, number, token_sha256, place, opened_at, partner) VALUES ($1, $2, $3, $4, $5, $6);

-- name: ticket_by_id
-- A ticket and how many events it has.
SELECT id, partner, reference, token_sha256, (SELECT max(version) FROM events WHERE stream = 'ticket-' || id) AS version
FROM tickets WHERE id = $1;

-- name: ticket_by_number
-- The ticket that somebody names by its number.
SELECT id, partner, reference, token_sha256, (SELECT max(version) FROM events WHERE stream = 'ticket-' || id) AS version
FROM tickets WHERE number = $1;

-- name: ticket_by_token
-- The ticket that a tracking link opens.
SELECT id, partner, reference, token_sha256, (SELECT max(version) FROM events WHERE stream = 'ticket-' || id) AS version
FROM tickets WHERE token_sha256 = $1;

-- name: steps_of_ticket
-- What routing has said about it, in order.
SELECT step, at, unit, deadline, observed_until, follow_up_at FROM ticket_steps WHERE ticket_id = $1
ORDER BY case_version;

-- name: record_steps
-- Steps of many tickets at once; a step is recorded once.
INSERT INTO ticket_steps (ticket_id, case_version, step, at, unit, deadline, observed_until, follow_up_at)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[],
    $7::timestamptz[], $8::timestamptz[])
ON CONFLICT DO NOTHING;

-- name: open_at_place
-- What was reported of a place since then, is not closed and was not withdrawn, the newest first, and how far it is.
SELECT tickets.id, number, opened_at, begun.data ->> 'category' AS category, coalesce(reached.step, 'reported') AS step,
    reached.unit
FROM tickets
JOIN events AS begun ON begun.stream = 'ticket-' || tickets.id AND begun.version = 1
LEFT JOIN LATERAL (
    SELECT step, unit FROM ticket_steps WHERE ticket_id = tickets.id AND step <> 'recounted'
    ORDER BY case_version DESC LIMIT 1
) AS reached ON true
WHERE place = $1 AND opened_at >= $2 AND begun.type = 'yima.intake.TicketOpened'
    AND reached.step IS DISTINCT FROM 'closed'
    AND NOT EXISTS (
        SELECT FROM events AS said WHERE said.stream = begun.stream AND said.type = 'yima.intake.TicketWithdrawn'
    )
ORDER BY opened_at DESC LIMIT $3;
