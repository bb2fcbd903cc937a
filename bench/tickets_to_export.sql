-- A year's tickets of a district, each with its stages, from numbers alone: the same each time, all of it made up.
INSERT INTO reporting_figures.cases (ticket, number, opened_at, channel, imported, place, area, category, urgency, changed_at)
SELECT md5(n::text)::uuid, lpad(n::text, 9, '0'), '2025-01-01T00:00:00+08'::timestamptz + n * interval '360 days' / {tickets},
    (ARRAY['qr', 'phone', 'web', 'partner'])[1 + n % 4], false, 'P' || n % 9000, 'estate-' || n % 300,
    (ARRAY['order', 'greening', 'upkeep'])[1 + n % 3], CASE WHEN n % 40 = 0 THEN 'urgent' ELSE 'normal' END,
    '2025-01-01T00:00:00+08'::timestamptz + n * interval '360 days' / {tickets}
FROM generate_series(1, {tickets}) AS n;

INSERT INTO reporting_figures.phases (ticket, version, at, event, unit, history)
SELECT cases.ticket, told.version, cases.opened_at + told.after, told.event, 'unit-' || substr(cases.number, 8)::int % 60, false
FROM reporting_figures.cases
CROSS JOIN LATERAL (VALUES
    (2, 'CaseAssigned', interval '1 second'), (3, 'CaseAccepted', interval '17 minutes'),
    (4, 'CaseReturned', interval '2 hours'), (5, 'CaseAssigned', interval '2 hours'), (6, 'CaseAccepted', interval '3 hours'),
    (7, 'CaseResolved', interval '30 hours'), (8, 'VerificationPassed', interval '31 hours'), (9, 'CaseClosed', interval '40 hours')
) AS told (version, event, after)
-- One of ten is still at work, one of four was never returned.
WHERE (cases.number::int % 10 > 0 OR told.version < 7) AND (cases.number::int % 4 = 0 OR told.version NOT IN (4, 5, 6));

ANALYZE reporting_figures.cases, reporting_figures.phases;
