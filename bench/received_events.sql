-- Events of {tickets} tickets as reporting has received them: each ten, in the order in which they arrive.
WITH matter AS (
    SELECT jsonb_build_object('number', '482913057', 'place', 'C7K2MP9', 'area', 'chunhe', 'category', 'order',
        'urgency', 'normal', 'reporter', gen_random_uuid(), 'locale', 'zh',
        'contact', jsonb_build_object('phone', jsonb_build_object('person', gen_random_uuid(), 'key_version', 1,
            'box', repeat('AAECAwQF', 8))),
        'tracking_token', jsonb_build_object('person', gen_random_uuid(), 'key_version', 1,
            'box', repeat('AAECAwQF', 10))) AS matter
), ticket AS (
    SELECT number, md5(number::text)::uuid AS id, '2026-04-01 00:00Z'::timestamptz + number * interval '20 seconds' AS at
    FROM generate_series(1, {tickets}) AS number
), step AS (
    SELECT * FROM (VALUES
        (1, '/intake', 'ticket', 1, 'yima.intake.TicketOpened', 0),
        (2, '/routing', 'case', 1, 'yima.routing.CaseOpened', 0),
        (3, '/routing', 'case', 2, 'yima.routing.CaseAssigned', 0),
        (4, '/notify', 'notification', 1, 'yima.notify.NotificationQueued', 1),
        (5, '/notify', 'notification', 2, 'yima.notify.SendAccepted', 2),
        (6, '/routing', 'case', 3, 'yima.routing.CaseAccepted', 1800),
        (7, '/routing', 'case', 4, 'yima.routing.CaseResolved', 9000),
        (8, '/routing', 'case', 5, 'yima.routing.VerificationFailed', 20000),
        (9, '/routing', 'case', 6, 'yima.routing.CaseClosed', 40000),
        (10, '/intake', 'ticket', 2, 'yima.intake.TicketRated', 90000)
    ) AS step (n, publisher, kind, version, type, after_s)
)
INSERT INTO received (publisher, stream, version, event_id, type, schema_version, occurred_at, data)
SELECT publisher, kind || '-' || ticket.id, version, gen_random_uuid(), type, 1, at + after_s * interval '1 second',
    jsonb_build_object('at', at + after_s * interval '1 second', 'history', false) || CASE n
        WHEN 1 THEN matter || jsonb_build_object('ticket_id', ticket.id, 'channel', 'qr',
            'text', jsonb_build_object('box', repeat('AAECAwQF', 30)))
        WHEN 4 THEN jsonb_build_object('notification_id', ticket.id, 'ticket_id', ticket.id, 'audience', 'duty',
            'template', 'assigned', 'locale', 'zh', 'recipient', jsonb_build_object('box', repeat('AAECAwQF', 8)))
        WHEN 5 THEN jsonb_build_object('notification_id', ticket.id, 'ticket_id', ticket.id, 'attempt', 1)
        WHEN 10 THEN jsonb_build_object('ticket_id', ticket.id, 'rating', 'satisfied')
        WHEN 6 THEN jsonb_build_object('case_id', ticket.id, 'unit', 'property', 'by', 'person-1')
        WHEN 7 THEN jsonb_build_object('case_id', ticket.id, 'unit', 'property', 'by', 'person-1',
            'note', jsonb_build_object('box', repeat('AAECAwQF', 20)))
        ELSE jsonb_build_object('case_id', ticket.id, 'unit', 'property', 'matter', matter, 'in_time', true,
            'deadlines', jsonb_build_object('resolve_by', at + interval '1 day'),
            'trace', jsonb_build_object('rule', 'fire-lane', 'directory_version', 1))
    END
FROM ticket CROSS JOIN step CROSS JOIN matter
ORDER BY at + after_s * interval '1 second', n;
