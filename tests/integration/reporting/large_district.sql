-- A year of a large district as the figures' rows, from numbers alone: the same each time, all of it made up.
INSERT INTO reporting_figures.cases (ticket, number, opened_at, channel, imported, place, area, category, urgency, changed_at)
SELECT md5(n::text)::uuid, 'N' || n, '2026-01-01T00:00:00+08'::timestamptz + n * interval '360 days' / $1, 'web', false,
    'P' || n % 9000, 'chunhe', CASE n % 3 WHEN 0 THEN 'order' WHEN 1 THEN 'greening' END,
    CASE WHEN n % 40 = 0 THEN 'urgent' ELSE 'normal' END,
    '2026-01-01T00:00:00+08'::timestamptz + n * interval '360 days' / $1
FROM generate_series(1, $1::int) AS n;
INSERT INTO reporting_figures.facts (ticket, fact, key, parts, standing, at, since, until, minutes, unit, place, area, category,
    channel, urgency)
SELECT cases.ticket, told.fact, told.key, told.parts, told.standing, cases.opened_at + told.after, cases.opened_at + told.after,
    coalesce(cases.opened_at + told.until, 'infinity'), told.minutes, 'unit-' || substr(cases.number, 2)::int % 60, cases.place,
    cases.area, cases.category, cases.channel, cases.urgency
FROM reporting_figures.cases
CROSS JOIN LATERAL (VALUES
    ('received', '', ARRAY['received'], false, interval '0', NULL::interval, NULL::float8),
    ('open', '1', ARRAY['open'], true, interval '0',
        CASE WHEN substr(cases.number, 2)::int % 50 = 0 THEN NULL ELSE interval '40 hours' END, NULL),
    ('stage', '1', ARRAY['stage_accept'], false, interval '2 hours', NULL, 120),
    ('stage', '2', ARRAY['stage_resolve'], false, interval '30 hours', NULL, 60 * (1 + substr(cases.number, 2)::int % 40)),
    ('handled', '', ARRAY['handled'], false, interval '30 hours', NULL, NULL),
    ('closed', '3', ARRAY['closed', 'closed_in_time'], false, interval '40 hours', NULL, 2400),
    ('rated', '4', ARRAY['rated', 'satisfied'], false, interval '50 hours', NULL, NULL)
) AS told (fact, key, parts, standing, after, until, minutes)
WHERE told.fact IN ('received', 'open') OR substr(cases.number, 2)::int % 50 > 0;
