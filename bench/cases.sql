-- {cases} cases as the desk lists them, {open} of them open, up to {now}: the same each time. A hundred areas under ten streets,
-- three units in each; texts of the size of sealed ones. One in ten was escalated, one in twenty had a unit called.
INSERT INTO cases (id, version, number, status, unit, accepted_by, place, area, category, urgent, again, history,
    opened_at, closed_at, accept_by, resolve_by, text, resolved_by, verify_by)
SELECT md5('case' || n)::uuid, 5, lpad(n::text, 9, '0'), status, CASE WHEN status <> 'unassigned' THEN unit END,
    CASE WHEN status IN ('accepted', 'resolved') THEN unit || '-' || n % 4 END, 'place-' || n % 5000, 'area-' || n % 100,
    'category-' || n % 20, n % 17 = 0, n % 29 = 0, false, opened_at,
    CASE WHEN status = 'closed' THEN opened_at + interval '2 days' END,
    CASE WHEN status IN ('unassigned', 'assigned') THEN opened_at + interval '30 minutes' END,
    opened_at + n % 96 * interval '1 hour', jsonb_build_object('person', md5('p' || n)::uuid, 'key_version', 1,
    'box', repeat('AAECAwQF', 30)),
    CASE WHEN status = 'resolved' THEN unit || '-' || n % 4 END,
    CASE WHEN status = 'resolved' THEN opened_at + n % 96 * interval '1 hour' + interval '1 day' END
FROM (
    SELECT n, 'unit-' || n % 100 || '-' || n % 3 AS unit,
        CASE
            WHEN n * 7919::bigint % {cases} >= {open} THEN 'closed'
            ELSE (ARRAY['unassigned', 'assigned', 'assigned', 'accepted', 'accepted', 'accepted', 'resolved'])[1 + n % 7]
        END AS status,
        '{now}'::timestamptz - n * interval '2 minutes' AS opened_at
    FROM generate_series(1, {cases}) AS n
) AS made;
INSERT INTO told (unit, case_id, by_ladder)
SELECT 'grid-' || n % 10, md5('case' || n)::uuid, true FROM generate_series(10, {cases}, 10) AS n;
INSERT INTO parts (case_id, unit, state, report_by)
SELECT md5('case' || n)::uuid, 'unit-' || (n + 1) % 100 || '-0',
    (ARRAY['done', 'done', 'reported_in', 'called', 'declined', 'released'])[1 + n / 20 % 6],
    CASE WHEN n / 20 % 6 = 3 THEN '{now}'::timestamptz + interval '20 minutes' END
FROM generate_series(20, {cases}, 20) AS n;
INSERT INTO questions (case_id, asked_by, about, unit)
SELECT id, unit, 'extension', 'grid-' || number::int % 10 FROM cases WHERE status = 'accepted' AND number::int % 11 = 0;
