-- The log of the cases that cases.sql made, six events of a closed one and three of an open one, and their tickets in intake.
-- Nothing of them is still to be sent. Each event is as long as such an event is; its words are the sealed ones of the row.
INSERT INTO events (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
SELECT 'case-' || id, step.number, md5(id::text || step.number)::uuid, 'yima.routing.' || (ARRAY['CaseOpened', 'CaseAssigned',
    'CaseAccepted', 'CaseResolved', 'VerificationPassed', 'CaseClosed'])[step.number], 1,
    jsonb_build_object('case_id', id, 'at', opened_at, 'unit', unit, 'by', accepted_by, 'area', area, 'place', place,
        'category', category) || CASE WHEN step.number IN (1, 4) THEN jsonb_build_object('text', text) ELSE '{}' END,
    jsonb_build_object('actor', 'handler', 'correlationid', id), opened_at + step.number * interval '4 hours'
FROM cases CROSS JOIN generate_series(1, 6) AS step (number)
WHERE place LIKE 'place-%' AND (status = 'closed' OR step.number <= 3);
INSERT INTO intake.tickets (id, number, token_sha256, place, opened_at)
-- Not a number that intake could give: it never gives one twice, and answers nobody where one is there already.
SELECT id, 'f' || number, sha256(id::text::bytea), place, opened_at FROM cases WHERE place LIKE 'place-%';
INSERT INTO intake.events (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
SELECT 'ticket-' || id, 1, md5('ticket' || id)::uuid, 'yima.intake.TicketOpened', 1,
    jsonb_build_object('ticket_id', id, 'at', opened_at, 'place', place, 'text', text), '{}', opened_at
FROM cases WHERE place LIKE 'place-%';
